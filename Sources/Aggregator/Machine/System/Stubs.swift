package final class EventLoop: TaskExecutor {
    package static func make() throws(MachineFailure) -> EventLoop { fatalError() }
    package func run(_ root: @escaping @Sendable () async -> Int32) -> Int32 { fatalError() }
    package var now: ContinuousClock.Instant { .now }
    package func sleep(until deadline: ContinuousClock.Instant) async throws(CancellationError) {}
    package func signals(_ numbers: Set<Int32>) -> Signals { fatalError() }
    package func enqueue(_ job: consuming ExecutorJob) { fatalError() }
}
package final class Signals: Sendable {
    /// nil when the waiting task was cancelled.
    package func next() async -> Int32? { nil }
}
package final class Input: Sendable {
    /// Suspends until there is something to read (or the end).
    package func readable() async throws(MachineFailure) {}
    package func close() {}
}
package final class Output: Sendable {
    package func write(_ body: (inout [UInt8]) -> Void) {}
    package var accepted: UInt64 { 0 }
    package var sent: UInt64 { 0 }
    package var isClosed: Bool { false }
    package var highWater: Int { get { 0 } set {} }
    package var isCongested: Bool { false }
    package func drained() async {}
    package func closed() async {}
    package func finish() async {}
    package func close() {}
}
package enum StandardStreams {
    package static func take(on loop: EventLoop) throws(MachineFailure) -> (
        input: Input, output: Output
    ) { fatalError() }
}
package struct Launch: Sendable {
    package var executable: String
    package var arguments: [String]
    package var environment: [(name: String, value: String)]
    package var directory: String?
    package init(
        executable: String, arguments: [String] = [],
        environment: [(name: String, value: String)], directory: String? = nil
    ) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.directory = directory
    }
}
package enum ExitStatus: Sendable, Hashable, CustomStringConvertible {
    case code(Int32)
    case signal(Int32)
    package var description: String { "" }
}
package final class StandardErrorRing: Sendable {
    package var tail: String { "" }
}
package final class Child: Sendable {
    package static func spawn(
        _ launch: Launch, on loop: EventLoop, line: (@Sendable (String) -> Void)? = nil
    ) throws(MachineFailure) -> Child { fatalError() }
    package let pid: Int32
    package let input: Output
    package let output: Input
    package let log: StandardErrorRing
    init(pid: Int32, input: Output, output: Input, log: StandardErrorRing) {
        self.pid = pid
        self.input = input
        self.output = output
        self.log = log
    }
    package var status: ExitStatus? { nil }
    package func exited() async throws(CancellationError) -> ExitStatus { fatalError() }
    package func stop(closing: Duration, terminating: Duration) async -> ExitStatus { fatalError() }
}
package enum Digest {
    package static func sha256(_ bytes: [UInt8]) -> [UInt8] { [] }
}
package enum Randomness {
    package static func bytes(_ count: Int) -> [UInt8] { [] }
}
package struct FileStamp: Sendable, Hashable {
    package let size: Int64
    package let inode: UInt64
    package let seconds: Int64
    package let nanoseconds: Int64
}
package enum File {
    package static func read(_ path: String, limit: Int) throws(MachineFailure) -> [UInt8] { [] }
    package static func replace(_ path: String, with bytes: [UInt8], mode: UInt32 = 0o600)
        throws(MachineFailure)
    {}
    package static func makePrivateFolder(_ path: String) throws(MachineFailure) {}
    package static func remove(_ path: String) throws(MachineFailure) {}
    package static func stamp(_ path: String) -> FileStamp? { nil }
}
package final class OffLoop: Sendable {
    package init(threads: Int = 4) {}
    package func run<Value: Sendable, Failure: Error>(
        _ work: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value { fatalError() }
}
package final class LocalListener: Sendable {
    package static func listen(at path: String, on loop: EventLoop) throws(MachineFailure)
        -> LocalListener
    { fatalError() }
    package func accept() async throws(MachineFailure) -> LocalSocket { fatalError() }
    package func close() {}
}
package struct LocalSocket: Sendable {
    package let input: Input
    package let output: Output
    package static func connect(to path: String, on loop: EventLoop) throws(MachineFailure)
        -> LocalSocket
    { fatalError() }
}
package struct Environment: Sendable {
    package let variables: [(name: String, value: String)]
    package init(_ variables: [(name: String, value: String)]) { self.variables = variables }
    package static func current() -> Environment { .init([]) }
    package subscript(name: String) -> String? { nil }
    package static var currentDirectory: String? { nil }
    package static var executablePath: String? { nil }
    package static var processId: Int32 { 0 }
    package static func isTerminal(_ descriptor: Int32) -> Bool { false }
}
