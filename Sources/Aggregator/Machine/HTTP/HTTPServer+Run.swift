import Wire

extension HTTPServer {
    /// Serves until it was stopped and the last connection is closed; each request is handled in a
    /// task of its own.
    ///
    /// `report` is told why connections cannot be accepted, and `handshakes` now and then which client
    /// has failed at the one of TLS. Cancelling the task closes everything at once.
    package func run(
        reporting report: (@Sendable (MachineFailure) -> Void)? = nil,
        handshakes: (@Sendable (String) -> Void)? = nil,
        _ handler: @escaping @Sendable (HTTPExchange) async -> Void
    ) async {
        loop.checkIsCurrent()
        self.report = report
        reportHandshake = handshakes
        if !isStopping { listener.start(self) }
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                group.addImmediateTask { await self.sweep() }
                while let requests = await nextRequests() {
                    for request in requests {
                        group.addImmediateTask {
                            await handler(request)
                            request.finish()
                        }
                    }
                }
                finish()
            }
        } onCancel: {
            loop.perform { self.abort() }
        }
    }

    private func abort() {
        isAborted = true
        wake()
    }

    private func finish() {
        listener.close()
        for connection in connections.reversed() { connection.close() }
    }

    // MARK: Time

    /// Looks at every connection's deadline once a tick, for as long as there are any.
    private func sweep() async {
        while !isAborted, !isOver {
            let waiter = Waiter()
            sweeper = waiter
            isSweepParked = connections.isEmpty && !listener.isPaused
            if isSweepParked {
                _ = await waiter.outcome()
            } else {
                let outcome = await loop.outcome(of: waiter, until: loop.now + deadlines.tick)
                if outcome == .deadline { sweepOnce() }
            }
        }
    }

    private func sweepOnce() {
        tick += 1
        // Backwards: one that is closed is replaced by the last, which was looked at before.
        for index in connections.indices.reversed() where index < connections.count {
            let connection = connections[index]
            if connection.deadline <= tick { connection.expire() } else { connection.trim() }
        }
        listener.resume()
    }
}

extension HTTPServer: SocketAcceptor {
    /// So many connections over the limit are told that there are too many, the others nothing.
    private static let mostRefused = 64

    /// Somebody has connected.
    func accepted(_ socket: consuming Descriptor, from address: SocketAddress) {
        let excess = connections.count - settings.mostConnections
        guard excess < (settings.tls == nil ? Self.mostRefused : 0) else { return }
        let connection = HTTPConnection(socket, address, of: self)
        connection.slot = connections.count
        connections.append(connection)
        wakeSweep()
        connection.open(settings.tls)
        if excess >= 0 {
            connection.refuse(.serviceUnavailable, "This server has too many connections.")
        }
    }

    /// The system gives no more descriptors.
    func acceptingFailed(_ failure: MachineFailure, isNews: Bool) {
        if isNews { report?(failure) }
        // The sweep tries again, also when there are no connections.
        wakeSweep()
    }

    /// A connection is closed.
    func remove(_ connection: HTTPConnection) {
        guard let last = connections.popLast() else { return }
        if last !== connection {
            connections[connection.slot] = last
            last.slot = connection.slot
        }
        // One descriptor more: somebody may have waited for it.
        listener.resume()
        if isOver { wake() }
    }
}
