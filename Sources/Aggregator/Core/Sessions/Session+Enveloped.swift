import Synchronization
import Wire

/// Requests on a pipe that bring their own envelope: they need no session and change none, but share
/// its ids, so that they can be cancelled.
extension Session {
    /// Starts a child that serves the request, or refuses it.
    func enveloped(_ message: Message, _ batch: Batch?, in group: inout DiscardingTaskGroup) {
        guard let id = message.id else { return }
        guard batch == nil else {
            let text = "Invalid request: an array of messages is not part of this revision."
            return write(.error(Answer.error(code: -32600, text)), id: message[id], batch: batch)
        }
        do throws(Failure) {
            let envelope = try Envelope(of: message, principal: principal)
            group.addImmediateTask { [self] in await serve(message, envelope) }
        } catch {
            write(Answer(error, to: message.method, for: .newestModern), id: message[id])
        }
    }

    private func serve(_ message: Message, _ envelope: Envelope) async {
        let visitor = hub.visitor(envelope)
        visitor.began()
        defer { visitor.finished() }
        let reply = Reply(channel, .enveloped(envelope, pipe: ObjectIdentifier(self)))
        let caller = Caller(
            outlet: reply, envelope: envelope, links: visitor.links,
            progressToken: message.progressToken.map { Array(message[$0]) })
        guard let key = enter(message, caller) else { return }
        let answer = await hub.answer(enveloped: message, visitor, caller, over: channel)
        leave(message, key, nil, answer, over: channel)
    }

    private func enter(_ message: Message, _ caller: Caller) -> TokenKey? {
        guard let id = message.id else { return nil }
        let key = TokenKey(message.bytes, id)
        let limit = hub.routes.inFlightLimit
        let task = TaskHandle.current
        let refusal = state.withLock { state in
            state.admit(
                caller, task, at: key, limit: limit, isOpenEnded: message.method == .listen)
        }
        guard let refusal else { return key }
        write(.error(refusal), id: message[id])
        return nil
    }
}
