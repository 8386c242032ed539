import Wire

extension HTTPConnection {
    /// The most that is offered to the kernel at a time, so that one client cannot hold up the loop.
    private static let bytesPerTurn = 1 << 20

    /// How many bytes wait for the client.
    var pendingCount: Int { pending.count + plain.count }

    /// With so few bytes waiting, sources may go on.
    var roomMark: Int { server.settings.highWater / 2 }

    /// Lets `body` append bytes; they leave at the end of the turn.
    func write(_ body: (inout [UInt8]) -> Void) {
        guard watch != nil, phase != .lingering else { return }
        if tls == nil { _ = pending.append(body) } else { body(&plain) }
        queue()
    }

    func queue() {
        guard watch != nil, !isQueued, !isBlocked else { return }
        isQueued = true
        loop.add(self)
    }

    /// Writes what the kernel takes now.
    func flush() {
        isQueued = false
        guard let watch, !isBlocked else { return }
        encrypt()
        send(watch)
        guard self.watch != nil else { return }
        if !waitingForRoom.isEmpty, pendingCount <= roomMark {
            let waiters = waitingForRoom
            waitingForRoom = []
            for waiter in waiters { waiter.end(.event) }
        }
        if phase == .draining, pendingCount <= Self.drainedMark { next() }
        if phase == .closing, pendingCount == 0 { linger() }
    }

    /// There is room in the kernel's buffer again.
    func becameWritable() {
        isBlocked = false
        flush()
    }

    private func send(_ watch: Watch) {
        guard pending.count > 0 else { return }
        let offered = min(Self.bytesPerTurn, pending.count)
        switch unsafe pending.withFront(limit: offered, { unsafe watch.write($0) }) {
        case .moved(let count):
            pending.consume(count)
            if count < offered { return block(watch) }
            if pending.count > 0 { return queue() }
            watch.stopWriting()
            if phase == .running { deadline = .max }
        case .wouldBlock: block(watch)
        case .failed: close()
        }
    }

    private func block(_ watch: Watch) {
        isBlocked = watch.startWriting()
        switch phase {
        case .running, .draining, .closing: deadline = server.tick + server.deadlines.stall
        case .handshake, .idle, .head, .body, .lingering, .closed: break
        }
    }
}

// MARK: Answers

extension HTTPConnection {
    /// While more than this waits of an answer, the next request is not begun: who sends requests
    /// and reads no answers must not fill our memory.
    private static let drainedMark = 64 << 10

    /// Begins the answer to a request, or is all of it.
    func answer(
        _ response: ResponseHead, _ framing: ResponseFraming, to head: RequestHead,
        _ body: (inout [UInt8]) -> Void
    ) {
        isLast = !head.keepsAlive || server.isStopping || isDismissed || framing == .untilClose
        let keepsAlive = !isLast
        write { bytes in
            response.append(
                framing, keepsAlive: keepsAlive, minorVersion: head.minorVersion, to: &bytes)
            body(&bytes)
        }
    }

    /// Answers what is no request that can be served, and ends.
    func refuse(_ status: Status, _ sentence: String) {
        server.release(body.count)
        (head, body, held) = (nil, [], [])
        let response = ResponseHead(status, [.contentType: "text/plain"])
        write { bytes in
            response.append(
                .length(sentence.utf8.count + 1), keepsAlive: false, minorVersion: 1, to: &bytes)
            bytes.append(contentsOf: sentence.utf8)
            bytes.append(0x0A)
        }
        closeWhenSent()
    }

    /// The handler of a request is done.
    func finished(_ exchange: HTTPExchange) {
        server.release(exchange.body.count)
        onClose = nil
        tell()
        guard watch != nil else { return }
        if isLast || (hasEnded && held.isEmpty) {
            closeWhenSent()
        } else if pendingCount > Self.drainedMark {
            phase = .draining
            deadline = server.tick + server.deadlines.stall
        } else {
            next()
        }
    }

    /// An answer cannot be ended: the connection is, so that the client sees that something lacks.
    func abandon() { close() }

    /// Ends once everything is sent.
    func closeWhenSent() {
        guard watch != nil, phase != .closing, phase != .lingering else { return }
        phase = .closing
        deadline = server.tick + server.deadlines.stall
        held = []
        sayGoodbye()
        if pendingCount == 0 { linger() } else { queue() }
    }

    /// Ends between two requests: there is nothing unread that would take the last answer along.
    func retire() {
        guard pendingCount == 0 else { return closeWhenSent() }
        sayGoodbye()
        flush()
        close()
    }

    /// Takes no request any more: an answer that is under way is the last.
    func dismiss() {
        isDismissed = true
        switch phase {
        case .idle: retire()
        case .handshake, .head, .body: close()
        case .running, .draining, .closing, .lingering, .closed: break
        }
    }

    /// Says that nothing more comes, and waits for the client to say so too: a connection that is
    /// closed with bytes unread is reset, and the client may never see its answer.
    private func linger() {
        guard let watch, !hasEnded else { return close() }
        phase = .lingering
        deadline = server.tick + server.deadlines.linger
        watch.finishWriting()
        departure = nil
        watch.startReading()
    }

    /// The phase has lasted too long.
    func expire() {
        switch phase {
        case .idle: retire()
        case .head: refuse(.requestTimeout, "The request did not come in time.")
        case .body: refuse(.requestTimeout, "The body of the request did not come in time.")
        case .handshake, .running, .draining, .closing, .lingering: close()
        case .closed: break
        }
    }

    /// Gives back memory of an earlier answer while nothing goes on.
    func trim() {
        // What was written in this turn waits in `plain` until it is encrypted.
        guard phase == .idle, pendingCount == 0, pending.capacity + plain.capacity > 512 else {
            return
        }
        pending.drop()
        plain = []
    }
}
