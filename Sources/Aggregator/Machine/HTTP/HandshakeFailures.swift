/// Which failed handshakes are told: the first at once, then one a minute with how many there were.
///
/// A port that anybody may knock at must not fill the log.
struct HandshakeFailures {
    private static let pause = Duration.seconds(60)

    private var next: ContinuousClock.Instant?
    private var untold = 0

    /// What is told of one; nil for nothing.
    mutating func note(
        from peer: String, _ reason: String, at now: ContinuousClock.Instant
    ) -> String? {
        if let next, now < next {
            untold += 1
            return nil
        }
        let others = untold == 0 ? "" : " (\(untold) more since the last that was told)"
        next = now.advanced(by: Self.pause)
        untold = 0
        return "The TLS handshake with \(peer) failed: \(reason)\(others)."
    }
}
