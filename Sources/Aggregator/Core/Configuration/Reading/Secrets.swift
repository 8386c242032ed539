/// What stands for the `${secret:NAME}` of a configuration while it is read.
package struct Secrets: Sendable {
    /// Their values by name; never printed.
    package var values: [String: String] = [:]
    /// Why others could not be had, by name: clauses without a period.
    package var faults: [String: String] = [:]
    /// What stands for each that was not asked for: a text that can be an address as well.
    private static let stand = "https://secret.invalid"
    private var isUnread = false

    /// None yet.
    package init() {}

    /// For a configuration that is only looked at: nobody is asked, and something stands for each.
    package static let unread: Secrets = {
        var secrets = Secrets()
        secrets.isUnread = true
        return secrets
    }()

    /// The value of one.
    func value(_ name: String) throws(Expansion.Fault) -> String {
        if let value = values[name] { return value }
        if isUnread { return Self.stand }
        let reason = faults[name] ?? "it was not read"
        throw Expansion.Fault(reason: "the secret '\(name)' could not be read: \(reason)")
    }
}
