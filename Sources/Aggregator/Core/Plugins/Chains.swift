import Synchronization
package import Wire

/// The plugins in front of the router, folded when the configuration loads.
package final class Chains: Sendable {
    /// All of them, the first outermost.
    package let plugins: [any Plugin]
    private let byMethod: [Method: Chain]
    private let isEmpty: Bool
    private let listeners: [any Plugin]
    private let missHearers: [any Plugin]
    /// Those that judge answers, in the order in which answers meet them.
    private let relayers: [any Plugin]
    private let reviewers: [any Plugin]
    private let time: any Timekeeper
    private let log: Log
    /// Over when these are out of force and the last who asks one of them is done.
    let tenure: Tenure
    /// What could not be reviewed the last time: the log has said so.
    private let unreviewed = Mutex<Set<Unreviewed>>([])

    /// Whether clients may see different lists.
    package let tellsClientsApart: Bool

    /// Folds `plugins`, the first outermost, around `last`.
    package init(
        _ plugins: [any Plugin], time: any Timekeeper, log: Log = .none, last: @escaping Next.Step
    ) {
        self.plugins = plugins
        self.time = time
        self.log = log
        tenure = Tenure()
        let around = Chain.Surroundings(time: time, tenure: tenure)
        let callers = plugins.filter(\.scope.wantsCalls)
        let end = Next(last)
        var byMethod: [Method: Chain] = [:]
        for method in Set(callers.flatMap(\.scope.methods)) {
            byMethod[method] = Chain(
                callers.filter { $0.scope.methods.contains(method) }, method, end, around)
        }
        self.byMethod = byMethod
        isEmpty = byMethod.isEmpty
        listeners = plugins.filter { $0.scope.hooks.contains(.notification) }
        missHearers = callers.filter(\.hearsMisses)
        relayers = callers.filter { $0.scope.hooks.contains(.response) }.reversed()
        reviewers = plugins.filter { $0.scope.hooks.contains(.catalog) }
        tellsClientsApart = plugins.contains(where: \.tellsClientsApart)
    }

    /// The plugins that want a call, with the last step behind them; nil when none does.
    package subscript(_ method: Method, _ target: Target?) -> Next? {
        guard !isEmpty, let target, let chain = byMethod[method] else { return nil }
        return chain[target]
    }

    /// Whether any plugin keeps an item from a client; without one, from all of them.
    package func hides(
        _ kind: Item.Kind, _ target: Target, from client: Envelope? = nil
    ) -> Bool {
        plugins.contains { $0.hides(kind, target, from: client) }
    }

    /// The first plugin that keeps an item from a client.
    func keeper(of kind: Item.Kind, _ target: Target, from client: Envelope) -> String? {
        plugins.first { $0.hides(kind, target, from: client) }?.name
    }

    // MARK: What leads nowhere

    /// Whether any plugin wants to hear of requests that lead nowhere.
    var hearsMisses: Bool { !missHearers.isEmpty }

    /// Tells those plugins of one that they cover.
    func miss(_ miss: Miss) async {
        for plugin in missHearers where plugin.scope.covers(miss) {
            let start = time.now
            await plugin.missed(miss)
            plugin.counters.hit(took: start.duration(to: time.now))
        }
    }

    // MARK: What upstreams tell

    /// Whether any plugin may want to see what upstreams tell.
    var hears: Bool { !listeners.isEmpty }

    /// What is left of something that an upstream tells; nil for nothing.
    package func hear(_ notice: Notice) async -> Message? {
        var notice = notice
        for plugin in listeners where plugin.scope.covers(upstream: notice.upstream) {
            let start = time.now
            let message = await plugin.hear(notice)
            plugin.counters.hit(took: start.duration(to: time.now))
            guard let message else { return nil }
            notice = Notice(message: message, upstream: notice.upstream, caller: notice.caller)
        }
        return notice.message
    }

    /// Whether any plugin may want to see what upstreams ask.
    var relays: Bool { !relayers.isEmpty }

    /// What is left of something that an upstream wants of its client.
    ///
    /// Which tool asks is not always known, so that a rule about some of an upstream's tools sees all that
    /// it asks.
    func relay(_ request: ServerRequest) async throws(Failure) -> ServerRequest {
        var request = request
        for plugin in relayers where plugin.scope.covers(upstream: request.upstream) {
            let start = time.now
            defer { plugin.counters.hit(took: start.duration(to: time.now)) }
            request = try await plugin.relay(request)
        }
        return request
    }

    // MARK: What upstreams list

    /// Whether any plugin takes its time over what it reviews.
    var prepares: Bool { reviewers.contains(where: \.prepares) }

    /// Shows those plugins what they will be asked to review, as the plugins before them leave it.
    package func prepare(_ items: [Item]) async {
        var items = items
        for plugin in reviewers {
            if plugin.prepares { await plugin.prepare(items.filter(plugin.scope.covers)) }
            items = items.compactMap { item in
                guard plugin.scope.covers(item) else { return item }
                do throws(RuleFault) {
                    return try plugin.review(item)
                } catch {
                    return plugin.hidesUnreviewed ? nil : item
                }
            }
        }
    }

    /// Lets every plugin, in order, edit the items of a catalog that is being built.
    package func edit(_ items: inout [Item]) {
        var failures: Set<Unreviewed> = []
        for (place, plugin) in reviewers.enumerated() {
            items = items.compactMap { item in
                guard plugin.scope.covers(item) else { return item }
                return review(item, plugin) { fault in
                    let failure = Unreviewed(place, item)
                    failures.insert(failure)
                    tell(failure, item, plugin, fault)
                }
            }
        }
        unreviewed.withLock { $0 = failures }
    }

    /// An item that cannot be judged is shown as it is, or to nobody.
    private func review(
        _ item: Item, _ plugin: any Plugin, failed: (RuleFault) -> Void
    ) -> Item? {
        let start = time.now
        defer { plugin.counters.hit(took: start.duration(to: time.now)) }
        do throws(RuleFault) {
            guard let edited = try plugin.review(item) else {
                plugin.counters.changes.add(1)
                return nil
            }
            guard edited.json != item.json || edited.base != item.base else { return item }
            if edited.json != item.json { try edited.checkJSON(instead: item) }
            plugin.counters.changes.add(1)
            return edited
        } catch {
            plugin.counters.errors.add(1)
            failed(error)
            return plugin.hidesUnreviewed ? nil : item
        }
    }

    /// Says in the log that an item could not be judged, unless that was so the last time too.
    private func tell(
        _ failure: Unreviewed, _ item: Item, _ plugin: any Plugin, _ fault: RuleFault
    ) {
        guard !unreviewed.withLock({ $0.contains(failure) }) else { return }
        let rest = plugin.hidesUnreviewed ? "It is not shown." : "It is shown as it is."
        log(
            .error,
            "Plugin \(plugin.title) could not review \(item.kind.rawValue) "
                + "'\(item.upstream)/\(item.originalText)': \(fault.reason) \(rest)")
    }
}

/// An item that one of the plugins could not review.
private struct Unreviewed: Hashable {
    /// Which of those that review.
    private let place: Int
    private let kind: Item.Kind
    private let upstream: String
    private let original: [UInt8]

    init(_ place: Int, _ item: Item) {
        self.place = place
        (kind, upstream, original) = (item.kind, item.upstream, item.original)
    }
}

extension Item {
    /// Refuses JSON that is not the item any more, whatever a plugin made of it.
    fileprivate func checkJSON(instead old: Item) throws(RuleFault) {
        let value: Value
        do throws(Rejection) {
            value = try Value(validating: json)
        } catch {
            throw RuleFault("its JSON is broken: \(error.reason)")
        }
        let names = value.members.filter { $0.key.isText(kind.key) }
        guard names.count == 1, names[0].value.text == original else {
            throw RuleFault("'\(kind.key)' was changed.")
        }
        // What a server lists is of the right shape already; an example need not be.
        let before = ItemShape.fault(Value(old.json, Extent(0..<old.json.count)), kind)
        if before == nil, let fault = ItemShape.fault(value, kind) {
            throw RuleFault("\(fault).")
        }
    }
}
