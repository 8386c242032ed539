import Wire

/// One client's connection: reads its requests one after the other and sends the answers.
///
/// `@unchecked Sendable`: everything is touched on the loop's thread only. libevent calls it there,
/// an exchange checks, and the server is run there.
final class HTTPConnection: Watcher, Flushing, @unchecked Sendable {
    /// What the connection is about.
    enum Phase {
        /// The handshake of TLS is not done.
        case handshake
        /// Nothing of a request has come.
        case idle
        /// A part of a head has come.
        case head
        /// A head has come, and its body not wholly.
        case body
        /// A request is with its handler.
        case running
        /// Its answer must leave before the next request's turn comes.
        case draining
        /// The last answer must leave.
        case closing
        /// It has left; the client may still send, and reads the answer meanwhile.
        case lingering
        case closed
    }

    let server: HTTPServer
    let loop: EventLoop
    let address: SocketAddress
    /// Where it stands in the server's table.
    var slot = 0
    var phase = Phase.idle
    /// The tick at which the phase has lasted too long.
    var deadline = Int.max
    var watch: Watch?

    // Reading.
    var tls: TLSSession?
    var parser: RequestParser
    var head: RequestHead?
    var body: [UInt8] = []
    /// The tick at which the whole body must have come.
    var bodyDeadline = Int.max
    /// What has come of later requests.
    var held: [UInt8] = []
    var departure: Departure?
    /// The client sends no more.
    var hasEnded = false

    // Writing.
    /// What is not encrypted yet, with TLS.
    var plain: [UInt8] = []
    var pending = PendingBytes()
    /// It is in the loop's list of what to flush.
    var isQueued = false
    /// The kernel's buffer is full; writability is awaited.
    var isBlocked = false
    /// The answer under way is the last.
    var isLast = false
    /// No request is taken any more.
    var isDismissed = false
    var waitingForRoom: [Waiter] = []
    var waitingForEnd: [Waiter] = []
    var onClose: (() -> Void)?

    init(_ socket: consuming Descriptor, _ address: SocketAddress, of server: HTTPServer) {
        self.server = server
        self.address = address
        loop = server.loop
        parser = RequestParser(limits: server.settings.limits)
        watch = Watch(socket, on: server.loop)
    }

    /// Begins to read; with TLS, the handshake comes first.
    func open(_ context: TLSContext?) {
        guard let watch else { return }
        watch.tell(self)
        deadline = server.tick + server.deadlines.idle
        if let context {
            guard let session = TLSSession.make(context) else { return close() }
            tls = consume session
            phase = .handshake
            deadline = server.tick + server.deadlines.head
        }
        if !watch.startReading() { close() }
    }

    /// Whether the client is gone, or sends no more.
    var isDeparted: Bool { hasEnded || watch == nil }

    /// Ends at once: what was not sent is dropped, and whoever waits is told.
    func close() {
        guard let watch = watch.take() else { return }
        phase = .closed
        departure = nil
        watch.dispose()
        server.remove(self)
        server.release(body.count)
        (head, body, held, plain) = (nil, [], [], [])
        pending.drop()
        tell()
        for waiter in waitingForRoom { waiter.end(.event) }
        waitingForRoom = []
        tls = nil
    }

    /// Tells whoever waits for the client's end.
    func tell() {
        let waiters = waitingForEnd
        waitingForEnd = []
        for waiter in waiters { waiter.end(.event) }
        onClose.take()?()
    }
}
