extension Duration {
    /// The duration in words for people, such as `300 s` or `250 ms`.
    package var described: String {
        let (seconds, attoseconds) = components
        let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        if milliseconds % 1000 == 0 { return "\(milliseconds / 1000) s" }
        if milliseconds > 10_000 { return "\(milliseconds / 1000) s" }
        return "\(milliseconds) ms"
    }
}
