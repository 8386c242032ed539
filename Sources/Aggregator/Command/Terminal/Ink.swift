import Machine

/// Colours, where a person can see them.
struct Ink: Sendable {
    /// What a piece of text means; the colour follows from it.
    enum Tint: String, Sendable {
        case strong = "1"
        case faint = "2"
        case bad = "31"
        case good = "32"
        case doubtful = "33"
    }

    private let isOn: Bool

    /// No colours at all.
    static let plain = Ink(isOn: false)

    /// Colours or none, whatever the terminal is.
    init(isOn: Bool) { self.isOn = isOn }

    /// Colours on a terminal that has them, unless `NO_COLOR` is set to anything (no-color.org).
    init(descriptor: Int32, _ environment: Environment) {
        let isWanted = (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
        isOn = isWanted && Environment.isTerminal(descriptor)
    }

    /// The text in its colour.
    func callAsFunction(_ text: String, _ tint: Tint?) -> String {
        guard isOn, let tint, !text.isEmpty else { return text }
        return "\u{1B}[\(tint.rawValue)m\(text)\u{1B}[0m"
    }
}
