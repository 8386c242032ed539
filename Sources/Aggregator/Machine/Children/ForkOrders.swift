import CSpawn

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What the process behind a `ForkServer` does: it makes and ends copies of itself as it is told.
///
/// For a process with one thread that has never run an event loop.
package enum ForkOrders {
    /// Where orders come in, as `ForkServer` has placed it.
    private static let socket: Int32 = 3

    /// Obeys until whoever gives the orders is gone, then ends every copy.
    ///
    /// `copy` runs in each new process, with its only stream, and the process ends after it; `ended`
    /// runs here, and hears how the copy of a place ended.
    package static func obey(
        ended: (_ place: UInt32, _ number: UInt32, _ status: ExitStatus) -> Void,
        copy: (BlockingStream) -> Void
    ) {
        var copies: [UInt32: (pid: Int32, number: UInt32)] = [:]
        while let (order, stream) = next() {
            if let old = copies.removeValue(forKey: order.place) {
                ended(order.place, old.number, ExitStatus(waitStatus: fork_end(old.pid)))
            }
            guard stream >= 0 else { continue }
            let pid = fork_copy()
            if pid == 0 {
                keepOnly(stream)
                copy(BlockingStream.standardInput)
                _exit(0)
            }
            _ = close(stream)
            if pid > 0 {
                copies[order.place] = (pid, order.number)
            } else {
                ended(order.place, order.number, .code(errno))
            }
        }
        for copy in copies.values { _ = fork_end(copy.pid) }
    }

    /// The next order and the descriptor that came with it, -1 for none; nil at the end.
    private static func next() -> (ForkOrder, Int32)? {
        var questions = [
            pollfd(fd: socket, events: Int16(POLLIN), revents: 0),
            // Nobody writes there any more: it becomes ready when the other side ends.
            pollfd(fd: 0, events: Int16(POLLIN), revents: 0),
        ]
        let count = nfds_t(questions.count)
        guard retrying({ unsafe poll(&questions, count, -1) }) > 0 else { return nil }
        guard questions[1].revents == 0 else { return nil }
        var order = ForkOrder()
        var descriptor: Int32 = -1
        let size = MemoryLayout<ForkOrder>.size
        let received = unsafe descriptor_receive(socket, &order, size, &descriptor)
        return received == size ? (order, descriptor) : nil
    }

    /// Leaves a copy with its stream, as its standard input, and nothing else.
    private static func keepOnly(_ stream: Int32) {
        _ = dup2(stream, 0)
        for number in 1...socket { _ = close(number) }
        if stream > socket { _ = close(stream) }
    }
}
