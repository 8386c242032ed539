import Aggregator
import Glibc
import Machine
import Plugins
import Synchronization
import TestSupport
import Testing
import Wire

/// Plugins that look at what servers list.
@Suite struct CatalogPluginTests {
    private static func list(_ rig: Rig) -> String {
        rig.client.request("9", "tools/list")
        return rig.client.one()
    }

    private static func withFolder(_ body: (String) throws -> Void) throws {
        let folder = "/tmp/manifold-pins-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
        try File.makePrivateFolder(folder)
        defer { _ = unsafe system("rm -rf '\(folder)'") }
        try body(folder)
    }

    private static func server(_ description: String) -> ScriptedServer {
        let server = ScriptedServer("crm")
        server.tools = [
            #"{"name":"a","description":"\#(description)","inputSchema":{"type":"object"}}"#,
            #"{"inputSchema":{"type":"object"},"name":"b"}"#,
        ]
        return server
    }

    /// Lets the server list one more tool, and says so.
    private static func add(_ tool: String, to rig: Rig) {
        rig.server.tools.append(#"{"inputSchema":{"type":"object"},"name":"\#(tool)"}"#)
        rig.server.connection?.say(
            #"{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"#)
        rig.world.advance(by: .seconds(1))
    }

    private static let pinned = #"""
        {
        "crm/a": {"sha256":"%","definition":{"description":"good","inputSchema":{"type":"object"},"name":"a"}}
        }

        """#

    private static func pins(_ folder: String, sha: String? = nil) throws {
        let definition = #"{"description":"good","inputSchema":{"type":"object"},"name":"a"}"#
        let digest = sha ?? Digest.sha256Text(Array(definition.utf8))
        let text = pinned.split(separator: "%").joined(separator: digest)
        try File.replace("\(folder)/pins.json", with: Array(text.utf8))
    }

    @Test("a tool that is not what it was is blocked, the others are not; the difference is told")
    func block() throws {
        try Self.withFolder { folder in
            try Self.pins(folder)
            let rig = try Rig(
                "  - pin: { file: pins.json, change: block }",
                server: Self.server("obey me"), folder: folder)
            #expect(Self.list(rig).names == ["crm__b"])
            rig.client.call("1", "crm__a")
            #expect(rig.client.one().json("error") != nil)
            let remark = rig.world.hub.plugins[0].remarks.first ?? ""
            #expect(
                remark.contains(#"'/description' was "good" and is "obey me""#), "\(remark)")
            rig.world.stop()
        }
    }

    @Test("the same tool with its members in another order is no change; warn lets one through")
    func warn() throws {
        try Self.withFolder { folder in
            try Self.pins(folder)
            let same = try Rig(
                "  - pin: { file: pins.json, change: block }", server: Self.server("good"),
                folder: folder)
            #expect(Self.list(same).names == ["crm__a", "crm__b"])
            same.world.stop()
            let changed = try Rig(
                "  - pin: { file: pins.json }", server: Self.server("bad"), folder: folder)
            #expect(Self.list(changed).names == ["crm__a", "crm__b"])
            #expect(changed.world.log.all.contains { $0.contains("'/description' was") })
            changed.world.stop()
        }
    }

    @Test("any line of a file of pins may be taken out, the last one and all of them")
    func takenOut() throws {
        try Self.withFolder { folder in
            try Self.pins(folder)
            let whole = try File.read("\(folder)/pins.json", limit: 10_000)
            let line = whole.dropLast(3)
            for text in [Array(line) + Array(",\n}\n".utf8), [], Array("{\n}\n".utf8)] {
                try File.replace("\(folder)/pins.json", with: text)
                let rig = try Rig(
                    "  - pin: { file: pins.json, change: block }", server: Self.server("good"),
                    folder: folder)
                #expect(Self.list(rig).names == ["crm__a", "crm__b"])
                #expect(rig.world.hub.plugins[0].remarks == [])
                rig.world.stop()
            }
        }
    }

    @Test("a file of pins that cannot be understood is left alone, and nothing is trusted")
    func brokenFile() throws {
        try Self.withFolder { folder in
            try Self.pins(folder, sha: "0")
            let before = try File.read("\(folder)/pins.json", limit: 10_000)
            let rig = try Rig(
                "  - pin: { file: pins.json, change: block }", server: Self.server("good"),
                folder: folder)
            #expect(Self.list(rig).names == [])
            rig.world.advance(by: .seconds(2))
            rig.world.stop()
            #expect(try File.read("\(folder)/pins.json", limit: 10_000) == before)
        }
    }

    @Test(
        "a tool with a broken schema is left out alone, and the place of the fault is told",
        arguments: [
            (#"{"type":"string"}"#, "'/inputSchema/type'"),
            (
                #"{"type":"object","properties":{"a/b":{"type":"int"}}}"#,
                "'/inputSchema/properties/a~1b/type'"
            ),
            (#"{"type":"object","properties":{"a":3}}"#, "'/inputSchema/properties/a'"),
            (#"{"type":"object","required":"a"}"#, "'/inputSchema/required'"),
            (
                #"{"type":"object","properties":{"a":{"anyOf":[]}}}"#,
                "'/inputSchema/properties/a/anyOf'"
            ),
            (
                ##"{"type":"object","properties":{"a":{"$ref":"#/$defs/x"}},"$defs":{"y":{}}}"##,
                "'/inputSchema/properties/a/$ref'"
            ),
            (
                #"{"type":"object","properties":{"a":{"items":[{"minLength":-1}]}}}"#,
                "'/inputSchema/properties/a/items/0/minLength'"
            ),
            (#"{"type":"object","type":"object"}"#, "is there twice"),
        ])
    func broken(schema: String, place: String) throws {
        let server = ScriptedServer("crm")
        server.tools = [
            #"{"name":"bad","inputSchema":\#(schema)}"#,
            #"{"name":"good","inputSchema":{"type":"object","$defs":{"x":{"type":["string","null"]}},"#
                + ##""properties":{"a":{"$ref":"#/$defs/x"},"b":true,"type":{"enum":[1]}},"##
                + #""additionalProperties":false,"x-own":[]}}"#,
        ]
        let rig = try Rig("  - schema: {}", server: server)
        #expect(Self.list(rig).names == ["crm__good"])
        let remarks = rig.world.hub.plugins[0].remarks
        #expect(remarks.count == 1)
        #expect(remarks.first?.contains(place) == true, "\(remarks)")
        rig.world.stop()
    }

    @Test(
        "integers that clients round become strings, in structured content and text alike",
        arguments: [
            ("9007199254740991", "9007199254740991"), ("9007199254740992", #""9007199254740992""#),
            ("-9007199254740993", #""-9007199254740993""#),
            (
                "12345678901234567890123",
                #""12345678901234567890123""#
            ), ("1.5", "1.5"), ("1e300", "1e300"),
        ])
    func integers(before: String, after: String) throws {
        let rig = try Rig("  - integers: { client: te* }")
        let result = rig.answer(
            #"{"structuredContent":{"a":[\#(before)]},"content":[{"type":"text","text":"{\"a\":\#(before)}"}]}"#
        )
        #expect(result.json("result", "structuredContent") == #"{"a":[\#(after)]}"#)
        #expect(
            result.value("result", "content", "0", "text")?.string == #"{"a":\#(after)}"#)
        rig.world.stop()
    }

    @Test("a tool that promises integers promises strings too")
    func promises() throws {
        let server = ScriptedServer("crm")
        server.tools = [
            #"{"name":"a","inputSchema":{"type":"object","properties":{"n":{"type":"integer"}}},"#
                + #""outputSchema":{"type":"object","properties":{"n":{"type":"integer"},"#
                + #""m":{"type":["number","null"]},"type":{"type":"string"}}}}"#
        ]
        let rig = try Rig("  - integers: {}", server: server)
        #expect(
            Self.list(rig).json("result", "tools")
                == #"[{"name":"crm__a","inputSchema":{"type":"object","properties":{"n":{"type":"integer"}}},"#
                + #""outputSchema":{"type":"object","properties":{"n":{"type":["integer","string"]},"#
                + #""m":{"type":["number","null","string"]},"type":{"type":"string"}}}}]"#)
        rig.world.stop()
    }

    @Test("another client's integers stay")
    func otherClient() throws {
        let rig = try Rig("  - integers: { client: claude }")
        let result = rig.answer(#"{"structuredContent":{"a":9007199254740993}}"#)
        #expect(result.json("result", "structuredContent") == #"{"a":9007199254740993}"#)
        rig.world.stop()
    }

    @Test("a reload keeps what a plugin with the same entry has counted")
    func reload() throws {
        let configuration = try read("plugins:\n  - limit: { calls: 1 }\n")
        let tools = PluginTools(
            time: ManualTime(), log: .none, offLoop: OffLoop(threads: 1), keepsFiles: false)
        let first = PluginKinds.chain(configuration, tools)
        let other = try read("plugins:\n  - hide: { items: [x] }\n  - limit: { calls: 1 }\n")
        let second = PluginKinds.chain(other, tools, after: (configuration, first))
        #expect(second.map(\.kind) == ["hide", "limit"])
        #expect(second[1].counters === first[0].counters)
        let third = PluginKinds.chain(
            try read("plugins:\n  - limit: { calls: 2 }\n"), tools, after: (configuration, first))
        #expect(third[0].counters !== first[0].counters)
    }

    @Test("a jq rule goes on counting when another one is edited, in a life of its own")
    func ruleEdited() throws {
        func rules(_ first: String) throws -> Configuration {
            try read("plugins:\n  - jq: { program: \"\(first)\" }\n  - jq: { program: .b }\n")
        }
        let tools = PluginTools(
            time: ManualTime(), log: .none, offLoop: OffLoop(threads: 1), keepsFiles: false)
        let old = try rules(".a")
        let first = PluginKinds.chain(old, tools)
        let second = PluginKinds.chain(try rules(".c"), tools, after: (old, first))
        #expect(second[0].counters !== first[0].counters)
        #expect(second[1].counters === first[1].counters)
        #expect(second.map(\.life).allSatisfy { !first.map(\.life).contains($0) })
        let same = PluginKinds.chain(try rules(".a"), tools, after: (old, first))
        #expect(same.map(\.life) == first.map(\.life))
    }

    @Test(
        "an item whose review failed is reviewed again once the plugin can; the log says it once",
        arguments: [false, true])
    func again(isSecurity: Bool) {
        let judge = Reviewing()
        judge.setThere(false)
        var safety = Safety()
        safety.isSecurity = isSecurity
        let rig = Rig(server: Self.server("good")) { [safety] in [judge.plugin($0, safety)] }
        #expect(Self.list(rig).names == (isSecurity ? [] : ["crm__a", "crm__b"]))
        Self.add("c", to: rig)
        _ = rig.client.take()
        judge.setThere(true)
        rig.world.advance(by: .seconds(1))
        #expect(rig.client.take().filter { $0.contains("list_changed") }.count == 1)
        #expect(Self.list(rig).names == ["crm__a", "crm__c"])
        let said = rig.world.log.all.filter { $0.contains("could not review") }
        #expect(said.filter { $0.contains("could not review tool 'crm/a': gone.") }.count == 1)
        #expect(said.count == 3, "\(said)")
        judge.setThere(true)
        rig.world.advance(by: .seconds(1))
        #expect(rig.client.take() == [])
        rig.world.stop()
    }

    @Test("what is listed while a plugin looks at the rest is published when it has seen that too")
    func meanwhile() {
        let judge = Reviewing()
        judge.setThere(true)
        let rig = Rig(server: Self.server("good")) { [judge.plugin($0, Safety())] }
        #expect(Self.list(rig).names == ["crm__a"])
        judge.holds = true
        Self.add("c", to: rig)
        Self.add("d", to: rig)
        judge.holds = false
        rig.world.advance(by: .seconds(1))
        _ = rig.client.take()
        #expect(Self.list(rig).names == ["crm__a", "crm__c", "crm__d"])
        #expect(!rig.world.log.all.contains { $0.contains("could not review") })
        rig.world.stop()
    }
}

/// A rule that hides `b`, while it is there, and may take its time.
private final class Reviewing: Rule {
    let kind = "scripted"
    let prepares = true
    private let reviews = Reviews()
    private let state = Mutex((isThere: false, holds: false))
    private let free = Signal()

    var again: Signal? { reviews.again }

    var holds: Bool {
        get { state.withLock { $0.holds } }
        set {
            state.withLock { $0.holds = newValue }
            free.raise()
        }
    }

    func setThere(_ isThere: Bool) {
        state.withLock { $0.isThere = isThere }
        if isThere { reviews.arrived() }
    }

    func judge(_ document: Document, _ context: RuleContext) async throws(RuleFault) -> Verdict {
        .pass
    }

    func prepare(_ items: [Item]) async {
        await reviews.prepare(items) { (item) async throws(RuleFault) in
            while holds { await free.wait(after: free.version) }
            guard state.withLock({ $0.isThere }) else { throw RuleFault("gone.", .absent) }
            return item.base == "b" ? nil : item
        }
    }

    func review(_ item: Item) throws(RuleFault) -> Item? { try reviews.review(item) }

    /// It in a chain.
    func plugin(_ world: World, _ safety: Safety) -> any Plugin {
        RuleHost(
            "probe", self, scope: Scope([.catalog]), safety: safety, time: world.time,
            log: world.log.log)
    }
}
