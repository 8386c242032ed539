/// Sends HTTP requests over connections that are kept and shared, on the loop.
///
/// It costs nothing until the first request: then libcurl is loaded, and before the first over TLS
/// the certificates of authorities, both on another thread.
///
/// `@unchecked Sendable`: the variables are touched on the loop's thread only, which `send` checks;
/// `close()` goes there by itself.
package final class HTTPClient: @unchecked Sendable {
    private let loop: EventLoop
    private let settings: HTTPClientSettings
    private let offLoop = OffLoop(threads: 1)
    private let library = Prepared<CurlLibrary>()
    private let trust = Prepared<TrustStore>()
    private var isClosed = false
    private var known = KnownRequests()
    /// The connections; nil before the first request.
    private(set) var multi: CurlMulti?

    /// A client that has done nothing yet.
    package init(on loop: EventLoop, _ settings: HTTPClientSettings) {
        self.loop = loop
        self.settings = settings
    }

    deinit {
        guard let multi else { return }
        if loop.isRunning { loop.perform { multi.close() } } else { multi.close() }
    }

    /// Sends a request and returns when the head of the answer is there, whatever its status.
    ///
    /// Redirects are not followed, and nothing is ever sent twice. A failure says by its `delivery`
    /// whether the request can have been executed. Cancelling the task ends the transfer at once.
    package func send(_ request: HTTPClientRequest) async throws(MachineFailure)
        -> HTTPClientResponse
    {
        loop.checkIsCurrent()
        let (address, proxy) = try known.judge(request, settings.proxies)
        let transfer = Transfer(
            request, to: address, through: proxy, settings: settings, on: loop)
        if Task.isCancelled { throw transfer.broken(.cancelled, "the task was cancelled") }
        let multi = try await connections()
        let store = try await store(for: transfer, multi)
        try admit(transfer, multi)
        try multi.start(transfer, request, through: proxy, trust: store)
        try await transfer.headArrived()
        return HTTPClientResponse(transfer)
    }

    /// Sends a last request whose answer nobody needs, such as one that ends a session.
    ///
    /// Runs to its end also in a cancelled task, at most for `delay`; a client that has not sent
    /// anything before has nobody to take leave of.
    package func farewell(_ request: HTTPClientRequest, within delay: Duration) async {
        loop.checkIsCurrent()
        guard let multi, !isClosed,
            let (address, proxy) = try? known.judge(request, settings.proxies)
        else { return }
        let transfer = Transfer(
            request, to: address, through: proxy, settings: settings, on: loop)
        guard let store = try? await store(for: transfer, multi) as TrustStore??,
            (try? multi.start(transfer, request, through: proxy, trust: store)) != nil
        else { return }
        await transfer.finished(within: delay)
    }

    /// Fails what is under way and closes every connection; nothing is sent afterwards.
    ///
    /// Callable on any thread, and more than once.
    package func close() {
        guard loop.isRunning else { return closeHere() }
        loop.perform { self.closeHere() }
    }

    private func closeHere() {
        isClosed = true
        multi?.close()
    }

    private func connections() async throws(MachineFailure) -> CurlMulti {
        if let multi { return multi }
        let curl = try await library.get(offLoop) { () throws(MachineFailure) in
            try CurlLibrary.load()
        }
        if let multi { return multi }
        let made = try CurlMulti.make(curl, settings, on: loop)
        multi = made
        return made
    }

    private func store(for transfer: Transfer, _ multi: CurlMulti) async throws(MachineFailure)
        -> TrustStore?
    {
        guard transfer.needsTLS, multi.curl.canShareTrust else { return nil }
        let named = settings.trust
        return try await trust.get(offLoop) { () throws(MachineFailure) in
            try TrustStore.load(named)
        }
    }

    private func admit(_ transfer: Transfer, _ multi: CurlMulti) throws(MachineFailure) {
        if Task.isCancelled { throw transfer.broken(.cancelled, "the task was cancelled") }
        if isClosed { throw transfer.broken(.closed, "the client was closed") }
        guard multi.running.count < settings.requests else {
            throw transfer.broken(
                .occupied, "\(settings.requests) requests are under way, and no more are taken")
        }
    }
}
