extension HTTPExchange {
    /// Whether the client is gone, or sends no more: it waits for nothing.
    package var isClosed: Bool { connection.isDeparted }

    /// Returns when the client is gone, or when the task is cancelled.
    package func closed() async {
        connection.loop.checkIsCurrent()
        if isClosed { return }
        let waiter = Waiter()
        connection.waitingForEnd.removeAll { $0.isOver }
        connection.waitingForEnd.append(waiter)
        _ = await waiter.outcome()
    }

    /// Calls `body` when the client is gone, at once if it is; on the loop's thread, at most once,
    /// and not any more when the handler has returned.
    ///
    /// For those who have something to cancel, and no task to spare that would wait.
    package func onClose(_ body: @escaping () -> Void) {
        connection.loop.checkIsCurrent()
        if isClosed { return body() }
        connection.onClose = body
    }

    /// Whether so much waits for the client that the sources of the answer should pause.
    package var isCongested: Bool {
        connection.pendingCount > connection.server.settings.highWater
    }

    /// Returns when half of that or less waits, when the client is gone, or when the task is
    /// cancelled.
    package func drained() async {
        connection.loop.checkIsCurrent()
        guard connection.watch != nil, connection.pendingCount > connection.roomMark else { return }
        let waiter = Waiter()
        connection.waitingForRoom.removeAll { $0.isOver }
        connection.waitingForRoom.append(waiter)
        _ = await waiter.outcome()
    }
}
