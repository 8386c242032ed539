package import Aggregator
import Synchronization
import Wire

/// What a rule that takes its time has made of the items of the lists, kept until they change.
package final class Reviews: Sendable {
    private typealias Outcome = Result<Item?, RuleFault>

    private struct Key: Hashable {
        let kind: Item.Kind
        let upstream: String
        let base: String
        let json: [UInt8]

        init(_ item: Item) {
            (kind, upstream, base, json) = (item.kind, item.upstream, item.base, item.json)
        }
    }

    private let known = Mutex<[Key: Outcome]>([:])

    /// Nothing is known yet.
    package init() {}

    /// Lets the rule judge what it has not judged, and forgets what is not listed any more.
    package func prepare(
        _ items: [Item], _ judge: (Item) async throws(RuleFault) -> Item?
    ) async {
        let old = known.withLock { $0 }
        var new: [Key: Outcome] = [:]
        for item in items where !Task.isCancelled {
            let key = Key(item)
            if case .success = old[key] {
                new[key] = old[key]
                continue
            }
            do throws(RuleFault) {
                new[key] = .success(try await judge(item))
            } catch {
                new[key] = .failure(error)
            }
        }
        known.withLock { $0 = new }
    }

    /// What the rule has made of an item; nil to hide it.
    package func review(_ item: Item) throws(RuleFault) -> Item? {
        guard let outcome = known.withLock({ $0[Key(item)] }) else {
            throw RuleFault("it has not been looked at yet.")
        }
        return try outcome.get()
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
