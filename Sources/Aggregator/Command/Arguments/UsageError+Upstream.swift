import Aggregator

extension UsageError {
    /// The most names that are listed.
    private static let mostListed = 20

    /// An upstream that the configuration does not have, or that it has disabled: with the one that may
    /// have been meant, and those that there are.
    init(unknown name: String, in configuration: Configuration, _ syntax: Syntax) {
        let isThere = configuration.upstreams.contains { $0.name == name }
        let names = configuration.upstreams.filter(\.isEnabled).map(\.name)
        guard !isThere else {
            self.init("upstream '\(name)' is disabled", syntax)
            return
        }
        self.init(
            "there is no upstream '\(name)'" + Self.list(names, besides: name), syntax)
    }

    private static func list(_ names: [String], besides name: String) -> String {
        guard !names.isEmpty else { return ": the configuration has none that is enabled" }
        let rest = names.count > mostListed ? " and \(names.count - mostListed) more" : ""
        let list = names.prefix(mostListed).joined(separator: ", ") + rest
        let question = Suggestion.question(for: name, among: names)
        return question.isEmpty ? "; there are: \(list)" : "\(question) There are: \(list)"
    }
}
