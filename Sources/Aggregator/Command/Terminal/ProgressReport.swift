import Wire

/// One `notifications/progress` as people read it; pure.
struct ProgressReport: Sendable {
    let progress: Double
    let total: Double?
    let message: String?

    /// Reads the parameters; nil without a number.
    init?(_ params: Value?) {
        guard let progress = params?["progress"]?.number else { return nil }
        self.progress = progress
        total = params?["total"]?.number
        message = params?["message"]?.string
    }

    /// How much is done, in 0...1; nil when nobody knows.
    var fraction: Double? {
        guard let total, total > 0 else { return nil }
        return min(1, max(0, progress / total))
    }

    /// A bar of this many characters, the figures, the message.
    func text(bar width: Int = 24) -> String {
        var parts: [String] = []
        if let fraction {
            let full = Int(fraction * Double(width))
            let bar =
                String(repeating: "#", count: full)
                + String(repeating: "-", count: width - full)
            parts.append("[\(bar)] \(Int(fraction * 100)) %")
        } else {
            parts.append("… \(Self.number(progress))")
        }
        if let message, !message.isEmpty { parts.append(Terminal.plain(message)) }
        return parts.joined(separator: "  ")
    }

    private static func number(_ number: Double) -> String {
        Int(exactly: number).map(String.init) ?? String(number)
    }
}
