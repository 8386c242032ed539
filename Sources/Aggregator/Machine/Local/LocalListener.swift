import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A UNIX socket other processes of the same user connect to.
package final class LocalListener: Watcher, Sendable {
    private struct State {
        var watch: Watch?
        var waiter: Waiter?
    }

    private let path: String
    private let stamp: FileStamp?
    private let loop: EventLoop
    private let state: Mutex<State>

    private init(_ socket: consuming Descriptor, at path: String, on loop: EventLoop) {
        self.path = path
        self.loop = loop
        stamp = File.stamp(path)
        let watch = Watch(socket, on: loop)
        state = Mutex(State(watch: watch))
        watch.tell(self)
    }

    deinit { close() }

    /// Listens at a path in a private folder, which is made if need be.
    ///
    /// A socket file that a dead process left is replaced; where somebody answers, `.occupied` is
    /// thrown.
    package static func listen(at path: String, on loop: EventLoop)
        throws(MachineFailure) -> LocalListener
    {
        loop.checkIsCurrent()
        if let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), slash != path.startIndex {
            try File.makePrivateFolder(String(path[..<slash]))
        }
        let address = try LocalAddress(path)
        try removeStale(address, path)
        let socket = try LocalAddress.socket()
        var error = address.bind(socket)
        if error == 0, unsafe chmod(path, 0o600) != 0 { error = lastError }
        if error == 0, Self.listen(on: socket) != 0 { error = lastError }
        guard error == 0 else {
            throw MachineFailure("Could not listen at '\(path)'", errno: error)
        }
        return LocalListener(socket, at: path, on: loop)
    }

    private static func removeStale(_ address: LocalAddress, _ path: String)
        throws(MachineFailure)
    {
        switch address.connect(try LocalAddress.socket()) {
        case ENOENT: return
        case ECONNREFUSED: try File.remove(path)
        case 0, EAGAIN:
            throw MachineFailure(
                .occupied, "Could not listen at '\(path)': another process answers there.",
                errno: EADDRINUSE)
        case let error: throw MachineFailure("Could not listen at '\(path)'", errno: error)
        }
    }

    private static func listen(on socket: borrowing Descriptor) -> Int32 {
        #if canImport(Darwin)
        Darwin.listen(socket.number, 64)
        #else
        Glibc.listen(socket.number, 64)
        #endif
    }

    /// The next connection.
    ///
    /// Throws `.closed` after `close()`, `.cancelled` when the task is.
    package func accept() async throws(MachineFailure) -> LocalSocket {
        loop.checkIsCurrent()
        while true {
            let waiter = Waiter()
            let attempt = state.withLock { state in
                state.waiter = waiter
                state.watch?.startReading()
                return state.watch?.accept()
            }
            switch attempt {
            case .moved(let number):
                let socket = Descriptor(Int32(number), .socket)
                socket.makePrivate()
                return try LocalSocket(socket, on: loop)
            case .wouldBlock: break
            case .failed(ECONNABORTED): continue
            case .failed(let error):
                throw MachineFailure("Could not accept at '\(path)'", errno: error)
            case nil: throw MachineFailure(.closed, "The socket '\(path)' is closed.")
            }
            if await waiter.outcome() == .cancelled { throw MachineFailure.cancelled }
        }
    }

    /// Somebody connects.
    func becameReadable() {
        let waiter = state.withLock { state in
            if state.waiter?.isOver != false { state.watch?.stopReading() }
            return state.waiter.take()
        }
        waiter?.end(.event)
    }

    /// Ends the socket and removes its file, if it is still ours.
    ///
    /// Callable repeatedly.
    package func close() {
        let (watch, waiter) = state.withLock { ($0.watch.take(), $0.waiter.take()) }
        guard let watch else { return }
        if let stamp, File.stamp(path)?.inode == stamp.inode { try? File.remove(path) }
        watch.dispose()
        waiter?.end(.event)
    }
}
