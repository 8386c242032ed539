import Aggregator
import Machine
import Plugins
import Upstreams
import Wire

/// The words of the built program.
let vocabulary = Vocabulary(upstreams: UpstreamKinds.all, plugins: PluginKinds.all)

/// A configuration text, decoded with the kinds of the program.
func read(_ text: String, environment: [String: String] = [:]) throws -> Configuration {
    let node = try YAML.parse(Array(text.utf8))
    return try Configuration.read(node, vocabulary: vocabulary, environment: environment)
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
