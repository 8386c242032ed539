import Machine
import Synchronization

/// What is said on standard error while a command runs: lines that stay, and one that changes.
final class Notices: Sendable {
    private let isTerminal: Bool
    private let width: Int
    let ink: Ink
    /// Whether the last line is one that will be replaced.
    private let isTransient = Mutex(false)
    /// Whether a question is open or progress is reported: no place for remarks about waiting.
    private let isOccupied = Mutex(false)

    /// Notices for standard error as it is.
    init(_ environment: Environment) {
        isTerminal = Environment.isTerminal(2) && environment["TERM"] != "dumb"
        width = Environment.terminalColumns(2) ?? 80
        ink = Ink(descriptor: 2, environment)
    }

    /// A line that stays.
    func say(_ line: String) {
        clear()
        StandardError.write(line + "\n")
    }

    /// A line that the next one replaces; without a terminal it stays, if it `matters`.
    func show(_ line: String, matters: Bool) {
        guard isTerminal else {
            if matters { StandardError.write(line + "\n") }
            return
        }
        isTransient.withLock { $0 = true }
        StandardError.write("\r\u{1B}[K" + line.prefix(width - 1))
    }

    /// Removes the line that changes.
    func clear() {
        let wasTransient = isTransient.withLock { isTransient in
            defer { isTransient = false }
            return isTransient
        }
        if wasTransient { StandardError.write("\r\u{1B}[K") }
    }

    /// Whether the terminal shows something better than that we wait.
    var isBusy: Bool { isOccupied.withLock { $0 } }

    /// A report on the work that is awaited; no remarks about waiting beside it.
    func report(_ line: String) {
        isOccupied.withLock { $0 = true }
        show(line, matters: true)
    }

    /// Part of a line, for a question; what is typed follows it.
    func ask(_ prompt: String) {
        isOccupied.withLock { $0 = true }
        clear()
        StandardError.write(prompt)
    }
}
