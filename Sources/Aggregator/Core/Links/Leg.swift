/// One leg of the way to an upstream, as `check --probe` tells it.
package struct Leg: Sendable, Hashable {
    /// How it went.
    package enum Outcome: String, Sendable, Hashable {
        case passed, failed
        /// Nothing got as far, or it was not tried.
        case open
    }

    /// Such as `credentials`.
    package let name: String
    package let outcome: Outcome
    /// What was found, or why it failed; no secrets.
    package let detail: String
    /// What can be done about a failure.
    package let remedy: String?

    /// A leg with every part given.
    package init(_ name: String, _ outcome: Outcome, _ detail: String, remedy: String? = nil) {
        self.name = name
        self.outcome = outcome
        self.detail = detail
        self.remedy = remedy
    }
}
