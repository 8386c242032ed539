import Synchronization
import Wire

/// One `subscriptions/listen` request: what it asks for, and how it stands (MCP 2026-07-28).
final class Listen: Sendable {
    private struct State {
        /// The URIs that the server has agreed to announce changes of; nil before it has said so.
        var honoured: Set<[UInt8]>?
        var isOver = false
        var refusal: Failure?
        /// Cancelled and removed under the lock only.
        var task: TaskHandle?
    }

    /// The resources that it is about.
    let uris: Set<[UInt8]>
    private let state = Mutex(State())

    /// A request that was not sent yet.
    init(_ uris: Set<[UInt8]>) { self.uris = uris }

    /// Whether nothing more comes of it.
    var isOver: Bool { state.withLock { $0.isOver } }
    /// Whether the server has said what it will announce, or will never say so.
    var isSettled: Bool { state.withLock { $0.isOver || $0.honoured != nil } }
    var isAcknowledged: Bool { state.withLock { $0.honoured != nil } }
    /// Why the server does not know such requests at all.
    var refusal: Failure? { state.withLock { $0.refusal } }

    /// Whether changes of a resource are announced.
    func honours(_ uri: [UInt8]) -> Bool { state.withLock { $0.honoured?.contains(uri) == true } }

    /// Notes that the running task is what keeps it open.
    func began() {
        TaskHandle.withCurrent { task in state.withLock { $0.task = task } }
    }

    /// Ends it; the server is told.
    func cancel() { state.withLock { $0.task?.cancel() } }

    /// Notes that the task which kept it open is ending.
    func ended(_ refusal: Failure?) {
        state.withLock { state in
            state.task = nil
            state.isOver = true
            state.refusal = refusal
        }
    }

    /// Takes the server's word for what it will announce; false if it had given it before.
    func acknowledge(_ message: Message) -> Bool {
        let granted = message.params.flatMap { message.value($0)["notifications"] }
        let uris = granted?["resourceSubscriptions"]?.elements.compactMap(\.text) ?? []
        return state.withLock { state in
            guard state.honoured == nil else { return false }
            state.honoured = Set(uris)
            return true
        }
    }

    /// The request that asks for it.
    func call(_ profile: ServerProfile) throws(Failure) -> Call {
        let draft = try Request.draft(.listen) { params in
            params.key("notifications")
            params.beginObject()
            for (member, isOffered) in [
                ("toolsListChanged", profile.tools), ("promptsListChanged", profile.prompts),
                ("resourcesListChanged", profile.resources),
            ] where isOffered {
                params.key(member)
                params.bool(true)
            }
            if !uris.isEmpty {
                params.key("resourceSubscriptions")
                params.beginArray()
                for uri in uris.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
                    params.string(String(decoding: uri, as: UTF8.self))
                }
                params.endArray()
            }
            params.endObject()
        }
        var call = Call(draft: draft, method: .listen, target: nil, caller: nil)
        call.isOpenEnded = true
        return call
    }
}
