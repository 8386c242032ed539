import Synchronization
package import Wire

/// What the other side answers and whom that reaches, and the end of a conversation.
extension Peer {
    /// Hands an answer to the call that waits for it; nil if nobody does, else that call's caller.
    package func settle(_ answer: Message) -> Settled {
        guard let extent = answer.id else { return .unnamed }
        guard let id = Self.number(answer.bytes, extent) else { return .unknown }
        guard let pending = take(id) else {
            return id > 0 && id <= lastID.load(ordering: .relaxed) ? .late : .unknown
        }
        pending.resumption.resume(returning: .answered(answer))
        return .settled(pending.caller)
    }

    /// What an answer turned out to be.
    package enum Settled: Sendable {
        case settled(Caller?)
        /// The call was cancelled or timed out before.
        case late
        /// Nothing of that id was ever asked.
        case unknown
        /// An error without an id: the server could not tell what it answers.
        case unnamed
    }

    /// Whether an id is one of ours, under way or not any more.
    func hasAsked(_ id: [UInt8]) -> Bool {
        guard let number = Self.number(id, Extent(0..<id.count)) else { return false }
        return number > 0 && number <= lastID.load(ordering: .relaxed)
    }

    /// Fails the call that a broken answer belongs to, when that can be told.
    ///
    /// An answer without a usable id belongs to a call only if exactly one is under way.
    package func fail(id: [UInt8]?, _ failure: Failure) -> Bool {
        let pending: Pending? = state.withLock { state in
            if let id, let number = Self.number(id, Extent(0..<id.count)) {
                return state.pending.remove(number)
            }
            // What stays open is no call whose answer could be missing.
            let calls = state.pending.entries.filter { $0.value.patience < Self.endless }
            guard calls.count == 1, let only = calls.first else { return nil }
            return state.pending.remove(only.key)
        }
        pending?.resumption.resume(returning: .failed(failure))
        return pending != nil
    }

    /// Ends a call that was to stay open, as its server wishes; false if that is none of them.
    func end(openEnded id: Extent, in message: Message) -> Bool {
        guard let id = Self.number(message.bytes, id) else { return false }
        let pending = state.withLock { state -> Pending? in
            guard state.pending[id]?.patience == Self.endless else { return nil }
            return state.pending.remove(id)
        }
        let failure = Failure(
            .lost, "Upstream '\(name)' has ended the request.", upstream: name, executed: .yes)
        pending?.resumption.resume(returning: .failed(failure))
        return pending != nil
    }

    /// The caller whose call a progress report is about; nil when it is over or gave no token.
    package func caller(reporting token: Extent, in message: Message) -> Caller? {
        guard let id = Self.number(message.bytes, token) else { return nil }
        return state.withLock { $0.pending[id]?.caller }
    }

    /// Everybody whose call is under way.
    package var callers: [Caller] {
        state.withLock { $0.pending.entries.compactMap(\.value.caller) }
    }

    /// The same, in the order of their calls.
    var orderedCallers: [Caller] {
        state.withLock { state in
            state.pending.entries.sorted { $0.key < $1.key }.compactMap(\.value.caller)
        }
    }

    /// Why the conversation is over, if it is.
    package var end: Failure? { state.withLock { $0.over } }

    /// Ends the conversation: every call that waits fails, and so does every later one.
    ///
    /// A request of which the transport has sent nothing was provably not executed.
    package func close(_ reason: Failure) {
        // What lies in the buffer must not leave any more: it may be sent elsewhere from now on.
        transport.close()
        let sent = transport.sent
        let pending = state.withLock { state in
            if state.over == nil {
                state.over = Failure(
                    reason.code, reason.reason, advice: reason.advice, upstream: name,
                    clue: reason.clue)
            }
            defer { state.pending = WaitingTable() }
            return state.pending.entries.map(\.value)
        }
        for call in pending {
            let executed: Failure.Executed = call.position >= sent ? .no : .unknown
            call.resumption.resume(
                returning: .failed(
                    Failure(
                        reason.code, reason.reason, advice: reason.advice, upstream: name,
                        executed: executed, clue: reason.clue)))
        }
    }

    /// Reads an id of ours; anything else, such as a string, is not one.
    private static func number(_ bytes: [UInt8], _ extent: Extent) -> Int? {
        guard extent.count > 0, extent.count < 19 else { return nil }
        var number = 0
        for byte in bytes[extent.range] {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else {
                return integer(bytes, extent)
            }
            number = number * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return number
    }

    /// The same for servers that write every number as `1.0`; apart, as hardly any does.
    @inline(never)
    private static func integer(_ bytes: [UInt8], _ extent: Extent) -> Int? {
        Value(bytes, extent).integer
    }
}
