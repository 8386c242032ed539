import Aggregator
import Glibc
import Machine
import Plugins
import Upstreams
import Wire

/// The words of the built program.
let vocabulary = Vocabulary(
    upstreams: UpstreamKinds.all, plugins: PluginKinds.all, record: [PluginKinds.record])

/// A configuration text, decoded with the kinds of the program.
func read(
    _ text: String, environment: [String: String] = [:], folder: String? = nil
) throws -> Configuration {
    let node = try YAML.parse(Array(text.utf8))
    return try Configuration.read(
        node, vocabulary: vocabulary, environment: environment, folder: folder)
}

/// What the user of a wrong configuration sees; empty for a right one.
func complaint(_ text: String, environment: [String: String] = [:]) throws -> String {
    let source = Source(name: "manifold.yaml", text: Array(text.utf8))
    do {
        _ = try read(text, environment: environment)
        return ""
    } catch let failure as YAML.Failure {
        return source.show(Diagnostic(failure.reason, at: failure.mark))
    } catch let diagnostics as Diagnostics {
        return source.show(diagnostics)
    }
}

/// What the user of a right configuration is warned of, without the excerpts.
func warnings(_ text: String) throws -> [String] {
    var found: [String] = []
    _ = try Configuration.read(
        try YAML.parse(Array(text.utf8)), vocabulary: vocabulary, environment: [:],
        warn: { found.append("\($0.mark.line):\($0.mark.column): \($0.message)") })
    return found
}

/// A file of the repository, compared with what the program generates.
///
/// With `MANIFOLD_WRITE_GENERATED` set the file is written instead.
func isGenerated(_ path: String, as text: String) -> Bool {
    let root = #filePath.split(separator: "/").dropLast(4).map { "/\($0)" }.joined()
    if unsafe getenv("MANIFOLD_WRITE_GENERATED") != nil { write(text, to: "\(root)/\(path)") }
    return contents("\(root)/\(path)") == text
}

/// The text of a file; nil when it cannot be read.
func contents(_ path: String) -> String? {
    guard let file = unsafe fopen(path, "r") else { return nil }
    defer { unsafe fclose(file) }
    var bytes: [UInt8] = []
    while case let byte = unsafe fgetc(file), byte != EOF { bytes.append(UInt8(byte)) }
    return String(decoding: bytes, as: UTF8.self)
}

private func write(_ text: String, to path: String) {
    guard let file = unsafe fopen(path, "w") else { return }
    defer { unsafe fclose(file) }
    for byte in text.utf8 { unsafe fputc(Int32(byte), file) }
}
