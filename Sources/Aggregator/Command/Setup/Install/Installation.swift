package import Aggregator
package import Wire

/// How a client is told to start us: one entry, and what it must ask its user for.
package struct Installation: Sendable {
    /// The absolute path of our binary.
    package let binary: String
    /// The absolute path of the configuration.
    package let configuration: String
    /// The name of the entry.
    package let name: String
    /// The variables of `${env:NAME}` in the configuration that a client does not have by itself.
    package let variables: [Expansion.Reference]

    /// An entry for a binary and a configuration file whose document is given.
    package init(
        binary: String, configuration: String, document: Node, name: String = "manifold"
    ) throws(SetupFailure) {
        guard binary.hasPrefix("/"), configuration.hasPrefix("/") else {
            throw SetupFailure("could not make the entry: both paths must be absolute")
        }
        self.binary = binary
        self.configuration = configuration
        self.name = name
        variables = Expansion.references(in: document)
    }

    /// The arguments of the entry.
    var arguments: [String] { ["serve", "--config", configuration] }
}

extension Installation {
    /// Whether a variable's name looks like that of a secret.
    package static func isSecret(_ name: String) -> Bool {
        let parts = name.uppercased().split(separator: "_")
        let roots = ["TOKEN", "SECRET", "PASSWORD", "PASSWD", "CREDENTIAL"]
        return parts.contains { part in
            part == "AUTH" || part == "PAT" || part.hasSuffix("KEY")
                || roots.contains { root in part.indices.contains { part[$0...].hasPrefix(root) } }
        }
    }
}
