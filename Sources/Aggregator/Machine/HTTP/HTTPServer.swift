import Wire

/// A server of HTTP/1.1 on the loop: connections, deadlines and limits; what a request means is its
/// handler's business.
///
/// `@unchecked Sendable`: the variables are touched on the loop's thread only, which every entry
/// checks.
package final class HTTPServer: @unchecked Sendable {
    /// The port it listens at.
    package let port: Int
    private(set) var settings: HTTPServerSettings
    private(set) var deadlines: HTTPDeadlines
    let loop: EventLoop
    let listener: SocketListener
    let buffer = ReadBuffer()
    /// What TLS decrypts goes here.
    let plainBuffer: ReadBuffer
    /// How often the sweep has come.
    var tick = 0
    var connections: [HTTPConnection] = []
    private(set) var isStopping = false
    var isAborted = false
    /// The bytes of all bodies that have come and are not answered.
    private var buffered = 0
    private var ready: [HTTPExchange] = []
    private var runner: Resumption?
    var sweeper: Waiter?
    /// The sweep waits for something to look at, not for time to pass.
    var isSweepParked = false
    var report: (@Sendable (MachineFailure) -> Void)?
    /// Is told which clients have failed at the handshake of TLS.
    var reportHandshake: (@Sendable (String) -> Void)?
    private var handshakeFailures = SparseReport()

    private init(
        _ settings: HTTPServerSettings, _ listener: SocketListener, on loop: EventLoop
    ) {
        self.settings = settings
        self.listener = listener
        self.loop = loop
        port = listener.port
        deadlines = HTTPDeadlines(settings)
        plainBuffer = ReadBuffer(settings.tls == nil ? 0 : 16 << 10)
    }

    /// Listens; connections wait until `run`.
    ///
    /// Throws `.occupied` or `.denied` for an address that cannot be had.
    package static func listen(_ settings: HTTPServerSettings, on loop: EventLoop)
        throws(MachineFailure) -> HTTPServer
    {
        let listener = try SocketListener.listen(
            at: settings.address, port: settings.port, sharesPort: settings.sharesPort, on: loop)
        return HTTPServer(settings, listener, on: loop)
    }

    /// Takes over what can be changed while it runs: the certificate, limits and deadlines.
    ///
    /// Where it listens stays, and whether it speaks TLS; what is open keeps its certificate. Connections
    /// of clients that have shown none of the certificates that are wanted now end with the answers
    /// that are under way. Callable on any thread.
    package func adopt(_ settings: HTTPServerSettings) {
        loop.perform { self.adoptHere(settings) }
    }

    private func adoptHere(_ new: HTTPServerSettings) {
        let old = settings
        settings = new
        if old.tls == nil || new.tls == nil { settings.tls = old.tls }
        // What waits counts in ticks, so these stay as long as they are.
        deadlines = HTTPDeadlines(new, tick: deadlines.tick)
        guard old.tls?.authorities != settings.tls?.authorities else { return }
        for connection in connections.reversed() { connection.dismiss() }
    }

    /// Accepts no more connections; idle ones are closed, and those with a request when it is
    /// answered.
    ///
    /// Callable on any thread.
    package func stop() { loop.perform { self.stopHere() } }

    private func stopHere() {
        guard !isStopping else { return }
        isStopping = true
        listener.close()
        for connection in connections.reversed() where connection.phase == .idle {
            connection.retire()
        }
        wake()
    }

    // MARK: Requests

    /// A request is complete.
    func handOver(_ exchange: HTTPExchange) {
        ready.append(exchange)
        runner.take()?.resume()
    }

    /// The requests that wait for a handler; nil when there will be none any more.
    func nextRequests() async -> [HTTPExchange]? {
        while true {
            if isAborted { return nil }
            if !ready.isEmpty {
                var batch: [HTTPExchange] = []
                swap(&batch, &ready)
                return batch
            }
            if isOver { return nil }
            await Resumption.suspend { runner = $0 }
        }
    }

    /// Whether it speaks TLS, for as long as it listens.
    package var speaksTLS: Bool { settings.tls != nil }

    /// Whether clients have to show a certificate now.
    package var demandsCertificates: Bool { settings.tls?.authorities != nil }

    /// Whether it was stopped and everybody is gone.
    var isOver: Bool { isStopping && connections.isEmpty }

    /// There is something to look at again.
    func wakeSweep() {
        if isSweepParked { sweeper?.end(.event) }
    }

    /// Lets the tasks of the server see what has changed.
    func wake() {
        sweeper?.end(.event)
        runner.take()?.resume()
    }

    // MARK: TLS

    /// A client and we found no way to speak TLS.
    func handshakeFailed(_ address: SocketAddress, _ reason: String) {
        let told = handshakeFailures.note(
            "The TLS handshake with \(address.text) failed: \(reason)", at: loop.now)
        if let told { reportHandshake?(told) }
    }

    // MARK: Memory

    /// Whether the bodies of all requests may have so many bytes more.
    func hasRoom(_ count: Int) -> Bool { count <= settings.bufferedBodies - buffered }

    /// Counts bytes of a body that have come; false when there is no room.
    func reserve(_ count: Int) -> Bool {
        guard hasRoom(count) else { return false }
        buffered += count
        return true
    }

    /// Bytes of a body are not needed any more.
    func release(_ count: Int) { buffered -= count }
}
