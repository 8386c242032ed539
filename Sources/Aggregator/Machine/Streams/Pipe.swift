import CSpawn

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A new pipe, both ends ours and closed on exec.
struct Pipe: ~Copyable {
    /// Where bytes come out.
    let reader: Descriptor
    /// Where bytes go in.
    let writer: Descriptor

    /// Opens a pipe.
    ///
    /// Both ends block until told otherwise.
    static func make() throws(MachineFailure) -> Pipe {
        var ends: (Int32, Int32) = (-1, -1)
        let result = unsafe withUnsafeMutableBytes(of: &ends) { bytes in
            unsafe pipe(bytes.assumingMemoryBound(to: Int32.self).baseAddress)
        }
        guard result == 0 else {
            throw MachineFailure("Could not open a pipe", errno: lastError)
        }
        // A fork on another thread in between does no harm: our children close what they inherit.
        _ = fcntl(ends.0, F_SETFD, FD_CLOEXEC)
        _ = fcntl(ends.1, F_SETFD, FD_CLOEXEC)
        return Pipe(reader: Descriptor(ends.0, .stream), writer: Descriptor(ends.1, .stream))
    }

    /// Makes room for so many bytes, where the system lets it: a long message then takes fewer turns.
    borrowing func widen(to bytes: Int) {
        pipe_widen(writer.number, Int32(clamping: bytes))
    }
}

extension EventLoop {
    /// A pipe within this process: what is written to the output is read from the input.
    package func makePipe() throws(MachineFailure) -> (input: Input, output: Output) {
        let pipe = try Pipe.make()
        pipe.reader.makeNonBlocking()
        pipe.writer.makeNonBlocking()
        return (
            Input(pipe.reader, on: self), Output(pipe.writer, on: self, reportsDeath: true)
        )
    }
}
