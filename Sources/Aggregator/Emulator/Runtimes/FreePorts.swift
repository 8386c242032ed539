import Aggregator
import Machine
import Synchronization

/// Ports for programs to listen at.
///
/// A program binds its port a while after it was chosen. The system gives its own choices, for
/// servers and for outgoing connections, from another range, so that none takes the port meanwhile.
final class FreePorts: Sendable {
    /// Below what Linux (32768), macOS and IANA (49152) choose from, above what services use.
    static let range = 20_000..<32_000

    private let last: Mutex<Int>

    /// Emulators beside each other begin in different places.
    init(startingAt first: Int = .random(in: range)) { last = Mutex(first) }

    /// A port that nobody listens at right now; it comes again only after all others.
    func next(on loop: EventLoop) throws(MachineFailure) -> Int {
        var settings = HTTPServerSettings()
        var left = Self.range.count
        while true {
            settings.port = turn()
            left -= 1
            do throws(MachineFailure) {
                let server = try HTTPServer.listen(settings, on: loop)
                server.stop()
                return server.port
            } catch {
                guard error.code == .occupied, left > 0 else { throw error }
            }
        }
    }

    private func turn() -> Int {
        last.withLock { last in
            last = last + 1 < Self.range.upperBound ? last + 1 : Self.range.lowerBound
            return last
        }
    }
}
