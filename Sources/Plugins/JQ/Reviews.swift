package import Aggregator
import Synchronization
import Wire

/// What a rule that takes its time has made of the items of the lists, kept until they change.
package final class Reviews: Sendable {
    /// How often an item is tried because its judge is there again.
    ///
    /// One over which a program ends each time would end it for ever. When the lists change it is
    /// tried in any case.
    private static let tries = 3

    private enum Outcome {
        case made(Item?)
        /// It could not be judged, after how many tries, and when the judge had come how often.
        case failed(RuleFault, tries: Int, at: Int)
    }

    private struct State {
        var known: [Key: Outcome] = [:]
        /// How often the judge has come.
        var arrivals = 0

        /// Whether the judge has come again since an item was tried, which is worth another try.
        var isDue: Bool {
            known.values.contains { outcome in
                guard case .failed(_, let tries, let moment) = outcome else { return false }
                return tries < Reviews.tries && moment < arrivals
            }
        }
    }

    private struct Key: Hashable {
        let kind: Item.Kind
        let upstream: String
        let base: String
        let json: [UInt8]

        init(_ item: Item) {
            (kind, upstream, base, json) = (item.kind, item.upstream, item.base, item.json)
        }
    }

    private let state = Mutex(State())
    /// Raised when what could not be judged is worth another try.
    package let again = Signal()

    /// Nothing is known yet.
    package init() {}

    /// Lets the rule judge what it has not judged, and forgets what is not listed any more.
    package func prepare(
        _ items: [Item], _ judge: (Item) async throws(RuleFault) -> Item?
    ) async {
        let old = state.withLock { $0.known }
        var new: [Key: Outcome] = [:]
        var open: [(key: Key, item: Item, tries: Int)] = []
        for item in items {
            let key = Key(item)
            switch old[key] {
            case .made: new[key] = old[key]
            case .failed(_, let tries, _): open.append((key, item, tries))
            case nil: open.append((key, item, 0))
            }
        }
        // What a program has ended over comes last, so that the others are judged before.
        for (key, item, tries) in open.sorted(by: { $0.tries < $1.tries }) where !Task.isCancelled {
            new[key] = await outcome(of: item, after: tries, judge)
        }
        let isDue = state.withLock { state in
            state.known = new
            return state.isDue
        }
        if isDue { again.raise() }
    }

    private func outcome(
        of item: Item, after tries: Int, _ judge: (Item) async throws(RuleFault) -> Item?
    ) async -> Outcome {
        do throws(RuleFault) {
            return .made(try await judge(item))
        } catch {
            let now = state.withLock { $0.arrivals }
            return .failed(error, tries: error.kind == .absent ? tries : tries + 1, at: now)
        }
    }

    /// Notes that whoever judges is there, for the first time or again.
    package func arrived() {
        let isDue = state.withLock { state in
            state.arrivals += 1
            return state.isDue
        }
        if isDue { again.raise() }
    }

    /// What the rule has made of an item; nil to hide it.
    package func review(_ item: Item) throws(RuleFault) -> Item? {
        switch state.withLock({ $0.known[Key(item)] }) {
        case .made(let edited): return edited
        case .failed(let fault, _, _): throw fault
        case nil: throw RuleFault("it has not been looked at yet.")
        }
    }
}

extension Item {
    /// The item with other JSON, whose name, if it is another one, becomes what it is published under.
    package func edited(to json: [UInt8]) throws(RuleFault) -> Item {
        let entry: Value
        do throws(Rejection) {
            entry = try Value(validating: json)
        } catch {
            throw RuleFault("what came of it is no JSON: \(error.reason)")
        }
        guard let name = entry[kind.key], let text = name.text else {
            throw RuleFault("what came of it has no '\(kind.key)'.")
        }
        var item = self
        item.json = json
        guard text != original else { return item }
        guard kind.isNamed else { throw RuleFault("'\(kind.key)' cannot be changed.") }
        item.base = String(decoding: text, as: UTF8.self)
        guard Self.isName(item.base) else {
            throw RuleFault("a name has 1 to 64 letters, digits, '_' and '-'.")
        }
        item.json.replaceSubrange(
            name.extent.range,
            with: JSONWriter.quoted(String(decoding: original, as: UTF8.self)))
        return item
    }

    private static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
