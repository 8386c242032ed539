/// One request on its way and its answer: filled by libcurl's callbacks, read by one task.
///
/// `@unchecked Sendable`: used on the loop's thread only; `cancel()` goes there by itself.
final class Transfer: @unchecked Sendable {
    /// How far it has come.
    enum Phase {
        /// Nothing of the request has left.
        case connecting
        /// The request is leaving, or has left.
        case sent
        /// Something of the answer has come.
        case answering
    }

    /// What became of a piece of the body.
    enum Taking {
        case taken
        /// The reader is behind: it comes again later.
        case later
        /// Nobody wants it.
        case refused
    }

    /// Whom it asks.
    let address: HTTPAddress
    private let method: String
    private let proxy: String?
    /// Whether certificates will have to be checked, the server's or its proxy's.
    let needsTLS: Bool
    private let deadlines: HTTPClientRequest.Deadlines
    private let bodyLimit: Int?
    private let waitingBytes: Int
    private let loop: EventLoop
    private let began: ContinuousClock.Instant

    /// How far it has come.
    private(set) var phase = Phase.connecting
    /// Whether libcurl wanted to send the request a second time.
    private(set) var wasToBeSentAgain = false
    private(set) var head = ReceivedHead()
    /// Whether it is over, well or not.
    private(set) var isOver = false
    private(set) var failure: MachineFailure?
    /// Whether the server waits for the reader.
    private(set) var isPaused = false
    private var waiting: [UInt8] = []
    private var received = 0
    private var moved: ContinuousClock.Instant
    private var reader: Waiter?
    /// What ends it early, while it runs.
    private var course: (any Course)?

    /// What a transfer needs of the one who carries it out.
    protocol Course: AnyObject {
        /// Ends it now; nothing of it is called afterwards.
        func abandon()
        /// Lets bytes come again.
        func goOn()
        /// Looks at the deadline again by then.
        func look(by deadline: ContinuousClock.Instant)
    }

    /// A transfer that is not under way yet.
    init(
        _ request: HTTPClientRequest, to address: HTTPAddress, through proxy: String?,
        settings: HTTPClientSettings, on loop: EventLoop
    ) {
        self.address = address
        self.loop = loop
        needsTLS = address.isSecure || proxy?.lowercased().hasPrefix("https:") == true
        method = request.method
        self.proxy = proxy
        deadlines = request.deadlines
        bodyLimit = request.bodyLimit
        waitingBytes = settings.waitingBytes
        began = loop.now
        moved = began
    }
}

// MARK: What happens to it

extension Transfer {
    /// It is under way.
    func start(_ course: any Course) { self.course = course }

    /// The request is about to leave; false when it must not, because it has left before.
    func leaves() -> Bool {
        guard phase == .connecting else {
            wasToBeSentAgain = true
            return false
        }
        moved = loop.now
        enter(.sent)
        return true
    }

    private func enter(_ phase: Phase) {
        self.phase = phase
        if let deadline { course?.look(by: deadline) }
    }

    /// A line of a head or trailer came; false when there are too many.
    func took(line: [UInt8]) -> Bool {
        moved = loop.now
        if phase != .answering { enter(.answering) }
        let wasWhole = head.isWhole
        let isTaken = head.take(line)
        if head.isWhole, !wasWhole { wake() }
        return isTaken
    }

    /// A piece of the body came.
    func took(body piece: UnsafeRawBufferPointer) -> Taking {
        if waiting.count >= waitingBytes {
            isPaused = true
            return .later
        }
        moved = loop.now
        received += piece.count
        if let bodyLimit, received > bodyLimit { return .refused }
        unsafe waiting.append(contentsOf: piece)
        wake()
        return .taken
    }

    /// It came to its end, or failed.
    func end(_ failure: MachineFailure?) {
        guard !isOver else { return }
        isOver = true
        self.failure = failure
        course = nil
        wake()
    }

    /// Whether the body is longer than the request allows.
    var isTooLarge: Bool { bodyLimit.map { received > $0 } ?? false }

    private func wake() {
        reader?.end(.event)
        reader = nil
    }
}

// MARK: What its reader does

extension Transfer {
    /// Waits until the head is there.
    func headArrived() async throws(MachineFailure) {
        while !head.isWhole {
            if let failure { throw failure }
            if isOver { throw broken(.closed, "the answer has no head") }
            try await change()
        }
    }

    /// The next bytes of the body; nil at its end.
    func next() async throws(MachineFailure) -> [UInt8]? {
        loop.checkIsCurrent()
        while waiting.isEmpty {
            if let failure { throw failure }
            if isOver { return nil }
            try await change()
        }
        var piece: [UInt8] = []
        swap(&piece, &waiting)
        if isPaused, !isOver {
            isPaused = false
            // The wait was the reader's, not the server's.
            moved = loop.now
            if let deadline { course?.look(by: deadline) }
            course?.goOn()
        }
        return piece
    }

    /// Waits until it is over, at most for `delay`, also in a cancelled task; what comes is dropped.
    func finished(within delay: Duration) async {
        let deadline = loop.now + delay
        while !isOver, loop.now < deadline {
            waiting = []
            let waiter = Waiter()
            reader = waiter
            _ = await loop.outcomeDespiteCancellation(of: waiter, until: deadline)
        }
        reader = nil
        abandon(broken(.closed, "the answer was not wanted any more"))
    }

    private func change() async throws(MachineFailure) {
        precondition(reader == nil, "A response has one reader at a time.")
        let waiter = Waiter()
        reader = waiter
        guard await waiter.outcome() == .cancelled else { return }
        reader = nil
        abandon(broken(.cancelled, "the wait was cancelled"))
        if let failure { throw failure }
    }

    /// Ends it, if it is not over, because nobody wants the rest.
    ///
    /// Callable on any thread.
    func cancel() {
        if loop.isCurrent {
            if !isOver { abandon(broken(.closed, "the answer was not wanted any more")) }
        } else if loop.isRunning {
            loop.perform { self.cancel() }
        }
    }

    /// Ends it with a failure, if it is not over.
    func abandon(_ failure: MachineFailure) {
        guard !isOver else { return }
        course?.abandon()
        end(failure)
    }
}

// MARK: Time and words

extension Transfer {
    /// When it has taken too long, as things are; nil for never.
    var deadline: ContinuousClock.Instant? {
        let total = deadlines.total.map { began + $0 }
        let step: ContinuousClock.Instant? =
            switch phase {
            case .connecting: began + deadlines.connect
            case .sent: moved + deadlines.firstByte
            case .answering: isPaused ? nil : moved + deadlines.idle
            }
        guard let total, let step else { return total ?? step }
        return min(total, step)
    }

    /// What is said when the deadline has passed.
    var lateness: MachineFailure {
        switch phase {
        case .connecting: broken(.timedOut, "no connection came about in time")
        case .sent: broken(.timedOut, "no answer came in time")
        case .answering: broken(.timedOut, "nothing more came in time")
        }
    }

    /// What is written where the request is spoken of: the method and the origin.
    var subject: String {
        let way = proxy.map { " through the proxy '\(ProxyRules.shown($0))'" } ?? ""
        return "\(method) '\(address.origin)'\(way)"
    }

    /// A failure of this transfer as it stands: what was tried, why not, and how far it came.
    func broken(_ code: MachineFailure.Code, _ reason: String, errno: Int32 = 0) -> MachineFailure {
        let (delivery, remark): (MachineFailure.Delivery, String) =
            switch phase {
            case .connecting: (.notSent, "The request was not sent.")
            case .sent: (.unknown, "The request had been sent.")
            case .answering: (.answered, "The answer had begun.")
            }
        return MachineFailure(
            code, "Could not \(subject): \(reason). \(remark)", errno: errno, delivery: delivery)
    }
}
