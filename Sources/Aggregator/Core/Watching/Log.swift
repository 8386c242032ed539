/// Where the domain's log lines go; the sink is supplied by the executable.
///
/// `debug` decisions, `info` life-cycle, `warning` degraded, `error` something was lost. A line
/// never holds arguments, bodies, tokens or secrets.
package struct Log: Sendable {
    /// Takes one line; called from any thread, it must not block.
    package typealias Sink = @Sendable (_ level: LogLevel, _ line: String) -> Void

    /// The least severe level that is written.
    package let threshold: LogLevel
    private let sink: Sink

    /// A log that drops everything.
    package static let none = Log(threshold: .emergency) { _, _ in }

    /// A log that drops what is less severe than `threshold`.
    package init(threshold: LogLevel, sink: @escaping Sink) {
        self.threshold = threshold
        self.sink = sink
    }

    /// Writes a line, which is only made if its level is wanted.
    package func callAsFunction(_ level: LogLevel, _ line: @autoclosure () -> String) {
        if level >= threshold { sink(level, line()) }
    }
}
