import Machine
import Synchronization

/// Who is in front of a command: what they read, what they type.
final class Console: Sendable {
    /// Where lines go that are not the result.
    let notices: Notices
    /// The colours of the result.
    let ink: Ink
    /// How wide a line of the result may be; nil when it does not go to a terminal.
    let width: Int?
    /// Whether somebody is there who can answer questions.
    let isInteractive: Bool
    private let input: Input
    private let output: Output
    /// What was typed and not yet taken.
    private let typed = Mutex<[UInt8]>([])
    /// How many bytes there were to write: an output whose reader is gone takes none.
    private let given = Mutex<UInt64>(0)

    /// Takes over standard input and output.
    init(on loop: EventLoop, _ environment: Environment, _ notices: Notices) throws(MachineFailure)
    {
        self.notices = notices
        ink = Ink(descriptor: 1, environment)
        width = Environment.terminalColumns(1)
        isInteractive = Environment.isTerminal(0) && Environment.isTerminal(2)
        let streams = try StandardStreams.take(on: loop)
        input = streams.input
        output = streams.output
    }

    /// Writes a part of the result.
    func write(_ text: String) { write(Array(text.utf8)) }

    /// Writes a part of the result, byte for byte.
    func write(_ bytes: [UInt8]) {
        notices.clear()
        given.withLock { $0 += UInt64(bytes.count) }
        output.write { $0 += bytes }
    }

    /// Asks, and returns the line that is typed; nil at the end of input or when cancelled.
    func ask(_ prompt: String) async -> String? {
        notices.ask(prompt)
        guard let line = await line() else {
            notices.say("")
            return nil
        }
        return String(decoding: line, as: UTF8.self)
    }

    /// Everything that standard input holds.
    func readAll() async -> [UInt8] {
        while await fill() {}
        return typed.withLock { $0 }
    }

    /// The next line.
    private func line() async -> [UInt8]? {
        while true {
            if let line = typed.withLock({ Self.takeLine(from: &$0) }) { return line }
            guard await fill() else { return nil }
        }
    }

    private static func takeLine(from bytes: inout [UInt8]) -> [UInt8]? {
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        defer { bytes.removeSubrange(...end) }
        return Array(bytes[..<end])
    }

    /// Reads once; false at the end of input, or when the task is cancelled.
    private func fill() async -> Bool {
        var bytes: [UInt8] = []
        guard let count = try? await input.read(into: &bytes), count > 0 else { return false }
        typed.withLock { $0 += bytes }
        return true
    }

    /// Returns once everything is written, or nobody reads it.
    func finish() async {
        notices.clear()
        await output.finish()
        let given = given.withLock { $0 }
        if given > 0, let outage = StandardStreams.outage { StandardOutput.miss(outage) }
        if output.sent < given { StandardOutput.miss(output.failure) }
    }
}
