import Wire

extension HTTPConnection {
    /// Something came, or the end, or an error.
    func becameReadable() {
        guard let watch else { return }
        if held.count >= server.settings.readAhead { return pauseReading(watch) }
        switch server.buffer.fill(from: watch) {
        case .moved(0): ended()
        case .moved(let count): server.buffer.withBytes(count) { received($0) }
        case .wouldBlock: break
        case .failed: close()
        }
    }

    private func received(_ bytes: Span<UInt8>) {
        if tls == nil {
            take(bytes)
        } else if phase != .closing, phase != .lingering {
            decrypt(bytes)
        }
    }

    /// The client sends more while it is not answered than is read ahead; its departure is noticed
    /// all the same.
    private func pauseReading(_ watch: Watch) {
        watch.stopReading()
        departure = Departure(of: watch, on: loop) { [weak self] in
            self?.departure = nil
            self?.ended()
        }
    }

    /// Takes bytes of the application.
    func take(_ bytes: Span<UInt8>) {
        switch phase {
        case .idle, .head, .body: parse(bytes)
        case .running, .draining: held.append(bytes, 0..<bytes.count)
        case .handshake, .closing, .lingering, .closed: break
        }
    }

    /// The client sends no more.
    func ended() {
        guard !hasEnded, let watch else { return }
        hasEnded = true
        watch.stopReading()
        switch phase {
        case .running, .draining: tell()
        case .idle: closeWhenSent()
        case .closing: break
        case .handshake, .head, .body, .lingering, .closed: close()
        }
    }

    /// The next request's turn: what has come of it is looked at first.
    func next() {
        if isDismissed { return closeWhenSent() }
        phase = .idle
        deadline = server.tick + server.deadlines.idle
        if !held.isEmpty {
            let bytes = held
            held = []
            parse(bytes.span)
        }
        guard phase == .idle || phase == .head || phase == .body else { return }
        if hasEnded { return closeWhenSent() }
        if server.isStopping, phase == .idle { return retire() }
        if departure != nil {
            departure = nil
            watch?.startReading()
        }
    }

    // MARK: Parsing

    private func parse(_ bytes: Span<UInt8>) {
        var at = 0
        while let event = parser.next(bytes, from: &at) {
            switch event {
            case .head(let head):
                if !begin(head, hasMore: at < bytes.count) { return }
            case .body(let range):
                if !add(bytes, range) { return }
            case .end:
                if at < bytes.count { held.append(bytes, at..<bytes.count) }
                return start()
            case .refused(let refusal):
                return refuse(refusal.status, sentence(of: refusal))
            }
        }
        if parser.isInBody {
            phase = .body
            deadline = min(server.tick + server.deadlines.body, bodyDeadline)
        } else if phase == .idle, !parser.isBetweenRequests {
            phase = .head
            deadline = server.tick + server.deadlines.head
        }
    }

    /// Why a request is refused; a limit that the owner of the server has set is named.
    private func sentence(of refusal: Refusal) -> String {
        guard refusal == .bodyTooLarge, let name = server.settings.bodyLimitName else {
            return refusal.sentence
        }
        return "The body is larger than the \(server.settings.limits.body) bytes that this server "
            + "reads ('\(name)')."
    }

    /// Takes a head; false when its body has no place.
    private func begin(_ head: RequestHead, hasMore: Bool) -> Bool {
        self.head = head
        bodyDeadline = server.tick + server.deadlines.wholeBody
        if case .length(let count) = head.framing, count > 0 {
            if !server.hasRoom(count) { return refuseForRoom() }
            // Not more at once than a client has to prove that it sends.
            body.reserveCapacity(min(count, 64 << 10))
        }
        if head.expectsContinue, !hasMore {
            write { $0.append(contentsOf: "HTTP/1.1 100 Continue\r\n\r\n".utf8) }
        }
        return true
    }

    private func add(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        if !server.reserve(range.count) { return refuseForRoom() }
        body.append(bytes, range)
        return true
    }

    private func refuseForRoom() -> Bool {
        refuse(.serviceUnavailable, "This server holds too many large requests; try again later.")
        return false
    }

    private func start() {
        guard let head = head.take() else { return }
        phase = .running
        deadline = isBlocked ? server.tick + server.deadlines.stall : .max
        var whole: [UInt8] = []
        swap(&whole, &body)
        server.handOver(HTTPExchange(self, head, whole))
    }
}
