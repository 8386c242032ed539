import CCurl

/// libcurl's multi handle on the loop: all connections and transfers of a client.
///
/// libcurl says which sockets it cares for and when it wants to be woken, and is told of events; it
/// never waits itself. Deadlines are ours, under one timer.
///
/// `@unchecked Sendable`: used on the loop's thread only.
@safe final class CurlMulti: @unchecked Sendable {
    /// The most transfer handles that are kept for later requests.
    private static let spareHandles = 64

    let curl: CurlLibrary
    let settings: HTTPClientSettings
    let loop: EventLoop
    /// libcurl's handle; nil while there is nothing to keep.
    private var pointer: UnsafeMutableRawPointer?
    private var spare: [EasyHandle] = []
    private(set) var running: [UInt: EasyHandle] = [:]
    var sockets: [Int32: CurlSocket] = [:]
    var timer: Registration?
    var sweeper: Registration?
    var sweepsAt: ContinuousClock.Instant?
    /// Since when nothing is under way.
    private(set) var idleSince: ContinuousClock.Instant

    private init(_ curl: CurlLibrary, _ settings: HTTPClientSettings, on loop: EventLoop) {
        self.curl = curl
        self.settings = settings
        self.loop = loop
        idleSince = loop.now
    }

    deinit { unsafe precondition(pointer == nil, "A client's connections were left open.") }

    /// No connections yet.
    static func make(_ curl: CurlLibrary, _ settings: HTTPClientSettings, on loop: EventLoop)
        throws(MachineFailure) -> CurlMulti
    {
        loop.checkIsCurrent()
        let multi = CurlMulti(curl, settings, on: loop)
        multi.timer = try unsafe Registration.make(-1, .timer, on: loop.base, context: multi) {
            unsafe CurlMulti.from($2).actOnTime()
        }
        multi.sweeper = try unsafe Registration.make(-1, .timer, on: loop.base, context: multi) {
            let multi = unsafe CurlMulti.from($2)
            multi.sweep(now: multi.loop.now)
        }
        return multi
    }

    /// The object behind a callback's context.
    static func from(_ context: UnsafeMutableRawPointer?) -> CurlMulti {
        guard let context = unsafe context else {
            preconditionFailure("libcurl lost a callback's context.")
        }
        return unsafe Unmanaged<CurlMulti>.fromOpaque(context).takeUnretainedValue()
    }

    /// Sends a request; what comes of it goes to the transfer.
    ///
    /// `trust` is for TLS; nil where libcurl cannot share it.
    func start(
        _ transfer: Transfer, _ request: HTTPClientRequest, through proxy: String?,
        trust: TrustStore?
    ) throws(MachineFailure) {
        let multi = try unsafe handle()
        let handle = try freeHandle()
        if transfer.needsTLS { handle.prepareTLS(trust, settings.trust) }
        handle.prepare(request, transfer, through: proxy)
        running[handle.key] = handle
        let code = unsafe ccurl_multi_add(curl.functions, multi, handle.pointer)
        guard code == CURLM_OK else {
            running[handle.key] = nil
            handle.finish()
            throw transfer.broken(.system, "libcurl refused it (code \(code.rawValue))")
        }
        // Now, and not when the timer rings: the request leaves in this turn.
        actOnTime()
        if !transfer.isOver, let deadline = transfer.deadline { sweep(by: deadline) }
    }

    private func freeHandle() throws(MachineFailure) -> EasyHandle {
        if let handle = spare.popLast() { return handle }
        return try EasyHandle.make(curl, settings, for: self)
    }

    private func handle() throws(MachineFailure) -> UnsafeMutableRawPointer {
        if let pointer = unsafe pointer { return unsafe pointer }
        guard let made = unsafe ccurl_make_multi(curl.functions) else {
            throw MachineFailure(.system, "Could not make an HTTP client: libcurl refused.")
        }
        unsafe ccurl_multi_set_long(
            curl.functions, made, CURLMOPT_MAXCONNECTS, settings.idleConnections)
        unsafe ccurl_multi_set_callbacks(
            curl.functions, made,
            { _, socket, what, context, _ in unsafe CurlMulti.from(context).follow(socket, what) },
            { _, delay, context in unsafe CurlMulti.from(context).setTimer(delay) },
            Unmanaged.passUnretained(self).toOpaque())
        unsafe pointer = made
        return unsafe made
    }

    /// Tells libcurl of an event on a socket, and takes in which transfers have ended.
    func act(_ socket: Int32, _ events: Int32) {
        guard let pointer = unsafe pointer else { return }
        unsafe ccurl_multi_act(curl.functions, pointer, socket, events)
        var code = CURLE_OK
        while let ended = unsafe ccurl_multi_next_ended(curl.functions, pointer, &code) {
            guard let handle = running[UInt(bitPattern: ended)] else { continue }
            let transfer = handle.transfer
            let failure = transfer.flatMap { handle.failure(code, $0) }
            release(handle)
            transfer?.end(failure)
        }
    }

    /// Tells libcurl that it may be time for something.
    func actOnTime() { act(CURL_SOCKET_TIMEOUT, 0) }

    /// Takes a transfer off: one that is not at its end loses its connection or its stream.
    func release(_ handle: EasyHandle) {
        guard let pointer = unsafe pointer, running.removeValue(forKey: handle.key) != nil else {
            return
        }
        unsafe ccurl_multi_remove(curl.functions, pointer, handle.pointer)
        handle.finish()
        if spare.count < Self.spareHandles { spare.append(handle) }
        guard running.isEmpty else { return }
        idleSince = loop.now
        sweep(by: idleSince + settings.idleLife)
    }

    /// Fails what is under way and closes every connection.
    ///
    /// A later request starts anew.
    func close() {
        for transfer in running.values.compactMap(\.transfer) {
            transfer.abandon(transfer.broken(.closed, "the client was closed"))
        }
        guard let pointer = unsafe pointer else { return }
        spare.removeAll()
        unsafe ccurl_free_multi(curl.functions, pointer)
        unsafe self.pointer = nil
        timer?.remove()
        sweeper?.remove()
        sweepsAt = nil
        for socket in sockets.values { socket.close() }
        sockets.removeAll()
    }
}
