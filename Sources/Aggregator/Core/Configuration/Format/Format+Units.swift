import Wire

extension Format<Duration> {
    /// `3 s`, `500 ms`, `2 min`, `1 h`, or a number of seconds; at most a year.
    package static let duration = Self.scalar(.duration, show: { .text(Quantity.written($0)) }) {
        text, _ in
        Quantity(text.value)?.duration
    }
}

extension Format<Duration?> {
    /// A duration, or `none`.
    package static let durationOrNone = Self.scalar(
        .either([.duration, .choice(["none"])]), show: { .text($0.map(Quantity.written) ?? "none") }
    ) { text, _ -> Duration?? in
        text.value == "none" ? .some(nil) : Quantity(text.value)?.duration.map { $0 }
    }
}

extension Format<Int> {
    /// `8 MiB`, `64 KiB`, or a number of bytes; at most 1 TiB.
    package static let size = Self.scalar(.size, show: { .text(Quantity.written($0)) }) { text, _ in
        Quantity(text.value)?.bytes
    }
}
