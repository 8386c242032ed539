import Aggregator
import Testing

@testable import Plugins

@Suite struct ReviewsTests {
    private func item(
        _ json: String, _ original: String = "get", kind: Item.Kind = .tool
    ) -> Item {
        Item(
            kind: kind, upstream: "crm", original: Array(original.utf8), base: original,
            json: Array(json.utf8))
    }

    @Test("an item under another name keeps its own, and is published under the new one")
    func renamed() throws {
        let edited = try item(#"{"name":"get"}"#)
            .edited(to: Array(#"{"name":"look","description":"x"}"#.utf8))
        #expect(edited.base == "look")
        #expect(
            String(decoding: edited.json, as: UTF8.self) == #"{"name":"get","description":"x"}"#)
    }

    @Test(
        "what is no item of its kind is refused",
        arguments: ["{", "{}", #"{"name":1}"#, #"{"name":"with space"}"#, #"{"name":""}"#])
    func refused(_ json: String) {
        #expect(throws: RuleFault.self) {
            try item(#"{"name":"get"}"#).edited(to: Array(json.utf8))
        }
    }

    @Test("a resource keeps its address")
    func addresses() {
        let resource = item(#"{"uri":"a:b"}"#, "a:b", kind: .resource)
        #expect(throws: RuleFault.self) { try resource.edited(to: Array(#"{"uri":"a:c"}"#.utf8)) }
    }

    @Test("an item is judged once as long as it is listed as it is")
    func once() async throws {
        let reviews = Reviews()
        let first = item(#"{"name":"get"}"#)
        let second = item(#"{"name":"put"}"#, "put")
        #expect(throws: RuleFault.self) { try reviews.review(first) }
        var judged: [String] = []
        await reviews.prepare([first, second]) { item in
            judged.append(item.base)
            return item.base == "put" ? nil : item
        }
        await reviews.prepare([second]) { item in
            judged.append(item.base)
            return item
        }
        #expect(judged == ["get", "put"])
        #expect(try reviews.review(second) == nil)
        #expect(throws: RuleFault.self) { try reviews.review(first) }
    }

    @Test("what could not be judged is tried again")
    func again() async throws {
        let reviews = Reviews()
        let item = item(#"{"name":"get"}"#)
        await reviews.prepare([item]) { (_) async throws(RuleFault) in throw RuleFault("late.") }
        #expect(throws: RuleFault("late.")) { try reviews.review(item) }
        await reviews.prepare([item]) { $0 }
        #expect(try reviews.review(item) != nil)
    }

    @Test("what could not be judged is worth another try when its judge is back, and not before")
    func isBack() async throws {
        let reviews = Reviews()
        reviews.arrived()
        let items = [item(#"{"name":"get"}"#), item(#"{"name":"put"}"#, "put")]
        await reviews.prepare(items) { (item) async throws(RuleFault) in
            guard item.base == "get" else { throw RuleFault("gone.", .absent) }
            return item
        }
        #expect(reviews.again.version == 0)
        reviews.arrived()
        #expect(reviews.again.version == 1)
        await reviews.prepare(items) { $0 }
        reviews.arrived()
        #expect(reviews.again.version == 1)
    }

    @Test("a judge that comes back while the others are looked at is not missed")
    func isBackAtOnce() async throws {
        let reviews = Reviews()
        let items = [item(#"{"name":"get"}"#), item(#"{"name":"put"}"#, "put")]
        await reviews.prepare(items) { (item) async throws(RuleFault) in
            guard item.base == "put" else { throw RuleFault("ended.") }
            reviews.arrived()
            return item
        }
        #expect(reviews.again.version == 1)
    }

    @Test("an item over which its judge ends each time comes last, and is given up after three")
    func poison() async throws {
        let reviews = Reviews()
        let items = [item(#"{"name":"get"}"#), item(#"{"name":"put"}"#, "put")]
        var judged: [String] = []
        var isThere = true
        for round in 1...3 {
            reviews.arrived()
            isThere = true
            await reviews.prepare(items) { (item) async throws(RuleFault) in
                guard isThere else { throw RuleFault("gone.", .absent) }
                judged.append(item.base)
                guard item.base == "get" else { return item }
                isThere = false
                throw RuleFault("ended.")
            }
            #expect(reviews.again.version == round - 1)
        }
        #expect(judged == ["get", "put", "get", "get"])
        #expect(try reviews.review(items[1]) != nil)
        reviews.arrived()
        #expect(reviews.again.version == 2)
    }
}
