import Synchronization
import Wire

/// One open `subscriptions/listen`: hears of the changes that it asked for, each under its own id
/// (MCP 2026-07-28, "Subscriptions").
final class ListenClient: SessionlessClient {
    /// What a client asks to hear of.
    struct Filter: Sendable {
        var tools = false
        var prompts = false
        var resources = false
        /// URIs as the client knows them, in its order.
        var uris: [[UInt8]] = []

        /// Reads the `notifications` of the request; what is not known here is not honoured.
        init(_ wish: Value) throws(Failure) {
            tools = try Self.flag("toolsListChanged", of: wish)
            prompts = try Self.flag("promptsListChanged", of: wish)
            resources = try Self.flag("resourcesListChanged", of: wish)
            guard let list = wish["resourceSubscriptions"], list.kind != .null else { return }
            uris = list.elements.prefix(Self.mostURIs).compactMap(\.text)
            guard list.kind == .array, list.elements.allSatisfy({ $0.kind == .string }) else {
                throw Self.fault("resourceSubscriptions", "a list of texts")
            }
        }

        private static func flag(_ key: String, of wish: Value) throws(Failure) -> Bool {
            guard let value = wish[key], value.kind != .null else { return false }
            guard let flag = value.bool else { throw fault(key, "true or false") }
            return flag
        }

        private static func fault(_ key: String, _ wanted: String) -> Failure {
            Failure(.invalidParams, "'\(key)' in 'notifications' must be \(wanted).")
        }

        private static let mostURIs = 1000

        /// The kinds of lists whose changes are wanted.
        var kinds: [Item.Kind] {
            (tools ? [.tool] : []) + (prompts ? [.prompt] : [])
                + (resources ? [.resource, .template] : [])
        }

        /// Writes the same with the URIs that are really watched.
        func write(into writer: inout JSONWriter) {
            writer.beginObject()
            for (name, isWanted) in [
                ("toolsListChanged", tools), ("promptsListChanged", prompts),
                ("resourcesListChanged", resources),
            ] where isWanted {
                writer.key(name)
                writer.bool(true)
            }
            if !uris.isEmpty {
                writer.key("resourceSubscriptions")
                writer.beginArray()
                for uri in uris { writer.string(String(decoding: uri, as: UTF8.self)) }
                writer.endArray()
            }
            writer.endObject()
        }
    }

    private struct State {
        var links = LinkSet.none
        var seen = SeenLists()
        var watches = Watches()
        var isAcknowledged = false
        /// What happened before the acknowledgement, which comes first.
        var held: [Draft] = []
    }

    let envelope: Envelope
    let openedAt: ContinuousClock.Instant?
    private let id: [UInt8]
    private let channel: any Channel
    private let state: Mutex<State>
    /// Raised when the client reads so slowly that there is no use in going on.
    let overflow = Signal()

    /// A listen under the client's own id for the request, that knows the lists as they are.
    init(
        id: [UInt8], _ filter: Filter, _ asker: Envelope, over channel: any Channel,
        knowing catalog: Catalog, at now: ContinuousClock.Instant
    ) {
        self.id = id
        self.channel = channel
        openedAt = now
        // It listens through the links that the other requests of its client have.
        envelope = Envelope(
            revision: .newestModern, capabilities: asker.capabilities.interactive, clientName: "",
            principal: asker.principal)
        state = Mutex(State(seen: SeenLists(filter.kinds, of: catalog)))
    }

    var links: LinkSet { state.withLock { $0.links } }
    func hold(_ links: LinkSet) { state.withLock { $0.links = links } }

    /// Says what is honoured, and then what happened meanwhile.
    func acknowledge(_ filter: Filter) {
        let draft = try? Request.draft(.acknowledged, isNotification: true) { params in
            params.key("_meta")
            params.raw(tag)
            params.key("notifications")
            filter.write(into: &params)
        }
        guard let draft else { return }
        channel.send(draft)
        let held = state.withLock { state in
            state.isAcknowledged = true
            defer { state.held = [] }
            return state.held
        }
        for draft in held { channel.send(draft) }
    }

    /// The `_meta` that says which listen a notification belongs to.
    private var tag: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key(EnvelopeKey.subscription)
        writer.raw(id)
        writer.endObject()
        return writer.bytes
    }

    /// The result that ends it from our side.
    func farewell(_ identity: Services.Identity) -> Answer {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("resultType")
        writer.string("complete")
        writer.key("_meta")
        writer.beginObject()
        writer.key(EnvelopeKey.subscription)
        writer.raw(id)
        writer.key(EnvelopeKey.server)
        identity.write(into: &writer)
        writer.endObject()
        writer.endObject()
        return .result(writer.bytes)
    }

    // MARK: Hearing

    /// Only what it asked for is told, and the links know what that is.
    func send(_ aside: Draft) {
        if aside.message.method == .resourceUpdated { tell(aside) }
    }

    func announce(_ catalog: Catalog) {
        for method in state.withLock({ $0.seen.changes(to: catalog) }) {
            let draft = try? Request.draft(method, isNotification: true) { params in
                params.key("_meta")
                params.raw(tag)
            }
            if let draft { tell(draft) }
        }
    }

    private func tell(_ draft: Draft) {
        let mustSend = state.withLock { state in
            if !state.isAcknowledged, state.held.count < 1024 { state.held.append(draft) }
            return state.isAcknowledged
        }
        guard mustSend else { return }
        if channel.isCongested { return overflow.raise() }
        channel.send(draft)
    }

    var subscription: [UInt8]? { id }

    func watched(_ uri: [UInt8], of upstream: String) -> [UInt8]? {
        state.withLock { $0.watches }.watched(uri, of: upstream)
    }

    var watches: [[UInt8]: Target] { state.withLock { $0.watches.targets } }

    func watch(_ uri: [UInt8], _ target: Target) -> Bool {
        state.withLock { $0.watches.add(uri, target) }
    }

    func unwatch(_ uri: [UInt8]) -> Bool { state.withLock { $0.watches.remove(uri) } }

    var name: String { "a listen of \(envelope.principal.name)" }
    var inFlight: Int { 1 }
}
