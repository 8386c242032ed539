#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A helper thread between a descriptor that can only be used blocking and a pipe the loop can
/// wait for: for inherited descriptions that cannot be reopened.
enum Pump {
    private static let bufferSize = 64 * 1024

    /// The reading end of a pipe that a thread fills from `source`.
    static func reading(from source: consuming Descriptor) throws(MachineFailure) -> Descriptor {
        let pipe = try Pipe.make()
        pipe.reader.makeNonBlocking()
        try start(from: source, to: pipe.writer) { _ in }
        return pipe.reader
    }

    /// The writing end of a pipe that a thread empties into `target`.
    ///
    /// `ended` runs on that thread when the last byte was passed on, or can never be, and is told
    /// which.
    static func writing(
        to target: consuming Descriptor, ended: @escaping @Sendable (_ isWhole: Bool) -> Void
    ) throws(MachineFailure) -> Descriptor {
        let pipe = try Pipe.make()
        pipe.writer.makeNonBlocking()
        try start(from: pipe.reader, to: target, ended: ended)
        return pipe.writer
    }

    private static func start(
        from source: consuming Descriptor, to target: consuming Descriptor,
        ended: @escaping @Sendable (Bool) -> Void
    ) throws(MachineFailure) {
        let ends = Ends(source: source, target: target)
        let started = Thread.start {
            ended(ends.copyAndClose())
        }
        guard started else {
            throw MachineFailure(.system, "Could not start a thread for a standard stream.")
        }
    }

    /// `@unchecked Sendable`: handed to the new thread, and used there only.
    private final class Ends: @unchecked Sendable {
        private var source: Descriptor?
        private var target: Descriptor?

        init(source: consuming Descriptor, target: consuming Descriptor) {
            self.source = consume source
            self.target = consume target
        }

        /// Whether everything was passed on.
        func copyAndClose() -> Bool {
            guard let source = source.take(), let target = target.take() else { return false }
            return unsafe withUnsafeTemporaryAllocation(byteCount: bufferSize, alignment: 1) {
                buffer in
                while case .moved(let count) = unsafe source.read(into: buffer), count > 0 {
                    let all = unsafe UnsafeRawBufferPointer(rebasing: buffer[..<count])
                    guard unsafe target.writeAll(all) else { return false }
                }
                return true
            }
        }
    }
}

extension Descriptor {
    /// Writes everything, waiting where the descriptor does.
    ///
    /// False when the peer is gone.
    fileprivate borrowing func writeAll(_ source: UnsafeRawBufferPointer) -> Bool {
        var done = 0
        while done < source.count {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: source[done...])
            guard case .moved(let count) = unsafe write(rest) else { return false }
            done += count
        }
        return true
    }
}
