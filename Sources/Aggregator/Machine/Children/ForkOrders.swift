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
    /// `copy` runs in each new process, which has its two streams as standard input and output and
    /// nothing else, and ends after it; `ended` runs here, and hears how the copy of a place ended.
    package static func obey(
        ended: (_ place: UInt32, _ number: UInt32, _ status: ExitStatus) -> Void,
        copy: () -> Void
    ) {
        var copies: [UInt32: (pid: Int32, number: UInt32)] = [:]
        while let (order, streams) = next() {
            if let old = copies.removeValue(forKey: order.place) {
                ended(order.place, old.number, ExitStatus(waitStatus: fork_end(old.pid)))
            }
            guard let streams else { continue }
            let pid = fork_copy()
            if pid == 0 {
                keepOnly(streams)
                copy()
                _exit(0)
            }
            for stream in [streams.input, streams.output] { _ = close(stream) }
            if pid > 0 {
                copies[order.place] = (pid, order.number)
            } else {
                ended(order.place, order.number, .code(errno))
            }
        }
        for copy in copies.values { _ = fork_end(copy.pid) }
    }

    private typealias Streams = (input: Int32, output: Int32)

    /// The next order and the streams that came with it, if any; nil at the end.
    private static func next() -> (ForkOrder, Streams?)? {
        var questions = [
            pollfd(fd: socket, events: Int16(POLLIN), revents: 0),
            // Nobody writes there any more: it becomes ready when the other side ends.
            pollfd(fd: 0, events: Int16(POLLIN), revents: 0),
        ]
        let count = nfds_t(questions.count)
        guard retrying({ unsafe poll(&questions, count, -1) }) > 0 else { return nil }
        guard questions[1].revents == 0 else { return nil }
        var order = ForkOrder()
        var descriptors: [Int32] = [-1, -1]
        let size = MemoryLayout<ForkOrder>.size
        let received = unsafe descriptors_receive(socket, &order, size, &descriptors)
        guard received == size else { return nil }
        return (order, descriptors[0] < 0 ? nil : (descriptors[0], descriptors[1]))
    }

    /// Leaves a copy with its streams, as standard input and output, and nothing else.
    ///
    /// Neither has one of the numbers up to that of the socket, all of which are taken here.
    private static func keepOnly(_ streams: Streams) {
        _ = dup2(streams.input, 0)
        _ = dup2(streams.output, 1)
        for number in [2, socket, streams.input, streams.output] { _ = close(number) }
    }
}
