import Wire

/// Fetches all pages of one list, however oddly the server pages.
struct ListFetch {
    /// What came of it; items are nil if not even the first page came.
    struct Outcome: Sendable {
        var items: [[UInt8]]?
        var problem: String?
        /// The hints of all pages together; nil if the server gives none.
        var hints: CacheHints?
        /// Whether a later page failed, so that less is there than there should be.
        var isPartial = false
        /// Whether the request was cut off: if with its connection, it says nothing about the list.
        var isInterrupted = false

        /// Why it was refused, if that sounds as if the server had forgotten the session.
        var loss: Failure?

        /// Whether asking again may bring what is missing.
        var hasFailed: Bool { isPartial || items == nil && problem != nil }
    }

    let kind: Item.Kind
    let upstream: String
    /// Makes a request fit for the era of the connection.
    let dress: @Sendable (Call) -> Call

    private static let mostPages = 1000
    private static let mostItems = 10_000
    /// How many bytes of items are kept of one list: they lie in memory and in the warm catalog.
    private static let mostBytes = 32 << 20
    /// The longest cursor that is followed.
    private static let longestCursor = 1 << 16

    /// Fetches page after page; `patience` is for each of them.
    func run(_ connection: any Connection, patience: Duration) async -> Outcome {
        var outcome = Outcome(items: nil, problem: nil)
        var seen: Set<[UInt8]> = []
        var cursor: [UInt8]?
        var size = 0
        var faults: [String] = []
        for _ in 0..<Self.mostPages {
            let page: Page
            do throws(Failure) {
                page = try await fetch(cursor, connection, patience)
            } catch {
                outcome.problem = error.account
                outcome.isPartial = outcome.items != nil
                outcome.isInterrupted = error.code == .lost || error.code == .cancelled
                if error.code == .forgotten { outcome.loss = error }
                return outcome
            }
            outcome.hints =
                outcome.items == nil ? page.hints : outcome.hints.merged(with: page.hints)
            outcome.items = (outcome.items ?? []) + page.items
            faults += page.faults
            if !faults.isEmpty { outcome.problem = Self.summary(faults) }
            guard let next = page.next, next.count <= Self.longestCursor else { return outcome }
            guard seen.insert(next).inserted else {
                outcome.problem = "the server repeats a cursor; what came so far is used."
                return outcome
            }
            size += page.items.reduce(0) { $0 + $1.count }
            guard outcome.items?.count ?? 0 < Self.mostItems, size < Self.mostBytes else { break }
            cursor = next
        }
        outcome.problem =
            "the list does not end; its first \(outcome.items?.count ?? 0) items are used."
        return outcome
    }

    /// How many faults of entries are told one by one.
    private static let mostFaults = 5

    private static func summary(_ faults: [String]) -> String {
        let more = faults.count - mostFaults
        return faults.prefix(mostFaults).joined(separator: " ")
            + (more > 0 ? " And \(more) more." : "")
    }

    private struct Page {
        var items: [[UInt8]] = []
        var next: [UInt8]?
        var faults: [String] = []
        var hints: CacheHints?
    }

    private func fetch(
        _ cursor: [UInt8]?, _ connection: any Connection, _ patience: Duration
    ) async throws(Failure) -> Page {
        let draft = try Request.draft(kind.listMethod) { params in
            if let cursor {
                params.key("cursor")
                params.raw(cursor)
            }
        }
        var call = Call(draft: draft, method: kind.listMethod, target: nil, caller: nil)
        call.patience = patience
        let answer = try await connection.call(dress(call))
        guard let result = answer.result else { return try emptyPage(answer) }
        return read(Value(answer.bytes, result), hasLineBreaks: answer.hasLineBreaks)
    }

    /// A server that lacks the method has none of these items; any other error is a failure.
    private func emptyPage(_ answer: Message) throws(Failure) -> Page {
        let error = answer.error.map { Value(answer.bytes, $0) }
        let code = error?["code"]?.integer
        if code == -32601 { return Page() }
        let reason = error?["message"]?.string
        let verdict = SessionLoss.judge(status: nil, code: code, message: reason)
        throw Failure(
            verdict == .none ? .malformed : .forgotten,
            "the server answered with an error: \((reason ?? "no reason given").prefix(200))",
            upstream: upstream)
    }

    /// Takes an item that clients can read, completed if need be; what is wrong with others is told.
    private func add(_ item: [UInt8], to page: inout Page) {
        var item = item
        let entry = Value(item, Extent(0..<item.count))
        let name = entry[kind.key]?.string.map { "\(kind.rawValue) '\($0.prefix(100))'" }
        if let (whole, key) = ItemShape.completed(entry, kind) {
            page.faults.append("\(name ?? "an item") has no '\(key)', and was given one.")
            item = whole
        }
        if let fault = ItemShape.fault(Value(item, Extent(0..<item.count)), kind) {
            page.faults.append("\(name ?? "an item") was left out: \(fault).")
        } else {
            page.items.append(item)
        }
    }

    private func read(_ result: Value, hasLineBreaks: Bool) -> Page {
        var page = Page()
        page.hints = CacheHints(result)
        guard let list = result[kind.member], list.kind == .array else {
            page.faults.append("the server's answer has no '\(kind.member)'.")
            return page
        }
        for element in list.elements {
            // Bytes as they came; only what would break the framing goes.
            add(hasLineBreaks ? element.unbroken : element.copy(), to: &page)
        }
        // "" is a cursor, null is none.
        if let next = result["nextCursor"], next.kind == .string { page.next = next.copy() }
        return page
    }
}
