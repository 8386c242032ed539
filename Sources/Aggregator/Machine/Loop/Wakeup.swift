import CSpawn

/// A pipe into the loop's own wait: 0 means that work lies in the inbox, anything else is the
/// number of a signal.
///
/// Threads and signal handlers write it, the loop's thread reads it.
struct Wakeup: ~Copyable {
    /// The end the loop waits for.
    let reader: Descriptor
    private let writer: Descriptor

    private init(reader: consuming Descriptor, writer: consuming Descriptor) {
        self.reader = reader
        self.writer = writer
    }

    deinit { signals_detach(writer.number) }

    /// A pipe that signal handlers know.
    static func make() throws(MachineFailure) -> Wakeup {
        let pipe = try Pipe.make()
        pipe.reader.makeNonBlocking()
        pipe.writer.makeNonBlocking()
        guard signals_attach(pipe.writer.number) >= 0 else {
            throw MachineFailure(.system, "Could not make an event loop: too many in one process.")
        }
        return Wakeup(reader: pipe.reader, writer: pipe.writer)
    }

    /// Makes the loop's wait return.
    ///
    /// A full pipe already does.
    borrowing func wake() {
        var byte: UInt8 = 0
        unsafe withUnsafeBytes(of: &byte) { _ = unsafe writer.write($0) }
    }

    /// Takes one load of bytes out of the pipe and returns the signals among them.
    borrowing func signals() -> [Int32] {
        var bytes = InlineArray<256, UInt8>(repeating: 0)
        var found: [Int32] = []
        var span = bytes.mutableSpan
        let attempt = unsafe span.withUnsafeMutableBytes { unsafe reader.read(into: $0) }
        guard case .moved(let count) = attempt else { return [] }
        for index in 0..<count where bytes[index] != 0 {
            let number = Int32(bytes[index])
            if !found.contains(number) { found.append(number) }
        }
        return found
    }
}
