import Aggregator
import Machine
import Upstreams
import Wire

/// Asks our own decoder about what is to be written, so that `check` has nothing to say later.
enum Trial {
    /// Why an entry of `upstreams` cannot be read; nil when it can, once its variables are set.
    static func complaint(about lines: ArraySlice<String>) -> String? {
        let text = "upstreams:\n" + lines.map { "\($0)\n" }.joined()
        let node: Node
        do throws(YAML.Failure) {
            node = try YAML.parse(Array(text.utf8))
        } catch {
            return error.reason
        }
        // A variable may be a part of an address or the whole of it.
        let complaints = ["x", "https://x"].map { complaint(about: node, filledWith: $0) }
        return complaints.contains(nil) ? nil : complaints.first ?? nil
    }

    private static func complaint(about node: Node, filledWith value: String) -> String? {
        let names = Expansion.references(in: node).map(\.name)
        let environment = Dictionary(names.map { ($0, value) }, uniquingKeysWith: { one, _ in one })
        do throws(Diagnostics) {
            _ = try Configuration.read(
                node, vocabulary: LoadedConfiguration.vocabulary, environment: environment,
                folder: "/")
            return nil
        } catch {
            return error.all.first?.message
        }
    }
}
