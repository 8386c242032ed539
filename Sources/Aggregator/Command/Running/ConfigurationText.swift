import Aggregator
import Machine
import Wire

/// A configuration as it is written, before anything is expanded.
struct ConfigurationText: Sendable {
    let location: Location
    /// The text, for messages about it.
    let source: Source
    /// What the text says.
    let document: Node
    /// What the file was just before it was read, so that no later edit is missed, or after it, where
    /// reading changes it, as a pipe; nil where none is read.
    let stamp: FileStamp?

    /// Reads the text at a location, or says what is wrong with it.
    init(_ location: Location) throws(LoadError) {
        self.location = location
        let before = location.path.flatMap(File.stamp)
        let text = try Self.bytes(of: location)
        let isFile = location.path.flatMap(File.permissions) != nil
        stamp = isFile ? before : location.path.flatMap(File.stamp)
        source = Source(name: location.name, text: text)
        do throws(YAML.Failure) {
            document = try YAML.parse(text)
        } catch {
            let diagnostic = Diagnostic(error.reason, at: error.mark)
            throw LoadError(source.show(diagnostic), source.name, [diagnostic])
        }
    }

    private static func bytes(of location: Location) throws(LoadError) -> [UInt8] {
        if case .inline(let text) = location { return Array(text.utf8) }
        do throws(MachineFailure) {
            return try File.read(location.path ?? "", limit: 4 << 20)
        } catch {
            throw LoadError("manifold: \(error.message)\n")
        }
    }
}
