import CSpawn

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Who takes the connections of a listener; on the loop's thread.
protocol SocketAcceptor: AnyObject {
    /// Somebody has connected.
    func accepted(_ socket: consuming Descriptor, from address: SocketAddress)
    /// Nobody is accepted until `resume()`, because the system gives no more descriptors; news when
    /// that was not so before.
    func acceptingFailed(_ failure: MachineFailure, isNews: Bool)
}

/// A socket at an internet address that others connect to.
///
/// `@unchecked Sendable`: used on the loop's thread only, which its owner checks.
final class SocketListener: Watcher, @unchecked Sendable {
    /// So many connections are accepted at a time; the rest waits for the next turn.
    private static let connectionsPerTurn = 64
    /// So many may wait for us, if the system allows it.
    private static let backlog: Int32 = 4096

    /// The port, also when the system chose it.
    let port: Int
    /// Whether there were no descriptors left at the last attempt.
    private(set) var isPaused = false
    /// Whether that was said since somebody was accepted.
    private var hasReported = false
    private let name: String
    private let watch: Watch
    private var isOpen = false
    private weak var acceptor: (any SocketAcceptor)?

    private init(_ socket: consuming Descriptor, _ address: SocketAddress, on loop: EventLoop) {
        port = address.port
        name = address.text
        watch = Watch(socket, on: loop)
        watch.tell(self)
    }

    deinit { watch.dispose() }

    /// Listens at an address; nobody is accepted before `start`.
    ///
    /// Port 0 lets the system choose one. `sharesPort` allows other processes to listen at the same
    /// port, each of which then gets a part of the connections. Throws `.occupied`, `.denied`.
    static func listen(
        at text: String, port: Int, sharesPort: Bool, on loop: EventLoop
    ) throws(MachineFailure) -> SocketListener {
        loop.checkIsCurrent()
        descriptors_raise()
        var address = try SocketAddress(text, port: port)
        let socket = try Descriptor.socket(isVersion6: address.isVersion6)
        socket.set(SO_REUSEADDR, 1)
        if sharesPort { socket.set(SO_REUSEPORT, 1) }
        // The address of all interfaces is meant for both versions.
        if address.isVersion6 { socket.set(IPV6_V6ONLY, 0, level: Int32(IPPROTO_IPV6)) }
        // Those that are accepted inherit it: an answer must not wait for an acknowledgement.
        socket.set(TCP_NODELAY, 1, level: Int32(IPPROTO_TCP))
        let error = bindAndListen(socket, &address)
        guard error == 0 else {
            throw MachineFailure("Could not listen at '\(text)', port \(port)", errno: error)
        }
        return SocketListener(socket, address, on: loop)
    }

    /// 0 or an error number; the address is then the one that the system gave.
    private static func bindAndListen(
        _ socket: borrowing Descriptor, _ address: inout SocketAddress
    ) -> Int32 {
        let number = socket.number
        if unsafe address.withAddress({ unsafe bind(number, $0, $1) }) != 0 { return lastError }
        if systemListen(number, backlog) != 0 { return lastError }
        return unsafe address.fill { unsafe Int(getsockname(number, $0, $1)) } == 0 ? 0 : lastError
    }

    /// Begins to accept connections for somebody, who is not retained.
    func start(_ acceptor: any SocketAcceptor) {
        self.acceptor = acceptor
        isOpen = true
        watch.startReading()
    }

    /// Accepts again after a pause.
    func resume() {
        guard isPaused, isOpen else { return }
        isPaused = false
        watch.startReading()
    }

    /// Ends the socket; connections that were not accepted are refused.
    func close() {
        isOpen = false
        isPaused = false
        watch.dispose()
    }

    /// Somebody connects.
    func becameReadable() {
        for _ in 0..<Self.connectionsPerTurn where isOpen {
            var address = SocketAddress()
            switch watch.accept(from: &address) {
            case .moved(let number):
                let socket = Descriptor(Int32(number), .socket)
                socket.makePrivate()
                hasReported = false
                acceptor?.accepted(socket, from: address)
            case .wouldBlock: return
            // Whoever it was is gone again, or the network lost it (accept(2) lists more of these).
            case .failed(ECONNABORTED), .failed(EPROTO), .failed(ENETDOWN), .failed(EHOSTUNREACH):
                continue
            case .failed(let number): return pause(number)
            }
        }
    }

    /// Asking again at once would spin: the connection still waits, and there is no descriptor.
    private func pause(_ number: Int32) {
        isPaused = true
        watch.stopReading()
        let failure = MachineFailure("Could not accept a connection at '\(name)'", errno: number)
        acceptor?.acceptingFailed(failure, isNews: !hasReported)
        hasReported = true
    }
}

// Inside the type, `listen` is its own method.
private func systemListen(_ number: Int32, _ backlog: Int32) -> Int32 { listen(number, backlog) }
