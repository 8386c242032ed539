import Aggregator
import TestSupport
import Testing
import Wire

/// Who may use what, and sees it.
@Suite struct AccessTests {
    private static func server() -> ScriptedServer {
        let server = ScriptedServer("crm")
        server.tools = [
            #"{"name":"get","inputSchema":{"type":"object"},"annotations":{"readOnlyHint":true}}"#,
            #"{"name":"delete","inputSchema":{"type":"object"}}"#,
        ]
        server.prompts = [#"{"name":"write"}"#]
        server.resources = [#"{"uri":"a:secret","name":"s"}"#, #"{"uri":"a:open","name":"o"}"#]
        server.templates = [#"{"uriTemplate":"a:{x}","name":"t"}"#]
        return server
    }

    private static func tools(_ rig: Rig) -> [String] {
        rig.client.request("9", "tools/list")
        return rig.client.one().names
    }

    @Test(
        "what is denied is neither listed nor called",
        arguments: [
            "{ deny: [\"crm/del*\"] }", "{ allow: [\"crm/get\"] }",
            "{ deny: [{ annotations: { readOnlyHint: false } }] }",
            "{ allow: [{ annotations: { readOnlyHint: true } }] }",
            "{ deny: [{ annotations: { destructiveHint: true } }] }",
            "{ allow: [\"crm/*\"], deny: [{ items: \"crm/delete\", kinds: [tool] }] }",
            "{ deny: [{ items: crm/delete, clients: test }] }",
            "{ deny: [{ items: crm/delete, principals: [nobody, loc*] }] }",
            "{ allow: [{ items: crm/get, clients: test, principals: local }] }",
        ])
    func denied(access: String) throws {
        let rig = try Rig("  - access: \(access)", server: Self.server())
        #expect(Self.tools(rig) == ["crm__get"])
        rig.client.call("1", "crm__delete")
        let answer = rig.client.one()
        #expect(answer.json("error") != nil || answer.json("result", "isError") == "true")
        rig.client.call("2", "crm__get")
        #expect(rig.client.one().json("result", "isError") == nil)
        #expect(rig.server.received("tools/call").count == 1)
        rig.world.stop()
    }

    @Test(
        "what others are denied is there for this client",
        arguments: [
            "{ deny: [{ items: crm/delete, clients: \"claude*\" }] }",
            "{ deny: [{ items: crm/delete, principals: bearer }] }",
            "{ allow: [{ principals: bearer }, { clients: te?t }] }",
            "{ deny: [{ items: \"docs/*\" }, { items: crm/delete, kinds: [prompt] }] }",
        ])
    func allowed(access: String) throws {
        let rig = try Rig("  - access: \(access)", server: Self.server())
        #expect(Self.tools(rig) == ["crm__get", "crm__delete"])
        rig.client.call("1", "crm__delete")
        #expect(rig.client.one().json("result", "isError") == nil)
        rig.world.stop()
    }

    @Test("a denied tool is denied under any other name")
    func aliases() throws {
        let rig = try Rig(
            "  - rename: { crm/delete: keep }\n  - access: { deny: [{ items: crm/delete, "
                + "clients: test }] }", server: Self.server())
        #expect(Self.tools(rig) == ["crm__get"])
        rig.client.call("1", "crm__keep")
        #expect(
            rig.client.one().toolText
                == "Plugin 'access' does not allow this client to use 'crm/delete'. It was not sent."
        )
        #expect(rig.server.executed.isEmpty)
        rig.world.stop()
    }

    @Test(
        "a denied resource is reached by no way",
        arguments: [
            "{ deny: [\"crm/a:secret\"] }",
            "{ deny: [{ items: \"crm/a:secret\", clients: test }] }",
            "{ allow: [\"crm/a:open\"] }",
        ],
        ["a:secret", "manifold://crm/a%3Asecret", "manifold://crm/~a:secret"])
    func resources(access: String, uri: String) throws {
        let rig = try Rig("  - access: \(access)", server: Self.server())
        for method in ["resources/read", "resources/subscribe"] {
            rig.client.request("1", method, #"{"uri":"\#(uri)"}"#)
            #expect(rig.client.one().json("error") != nil)
            #expect(rig.server.received(method).isEmpty)
        }
        rig.client.request("2", "resources/list")
        #expect(rig.client.one().names == ["a:open"])
        rig.client.request("3", "resources/read", #"{"uri":"a:open"}"#)
        #expect(rig.client.one().json("result") != nil)
        rig.world.stop()
    }

    @Test(
        "arguments decide where they are named: one bad value is enough, and good ones have to be there",
        arguments: [
            (#"{"table":"public_a"}"#, true), (#"{"table":"secret_a"}"#, false),
            (#"{"table":["public_a","secret_b"]}"#, false),
            (#"{"table":"public_a","table":"secret_b"}"#, false),
            (#"{"table":"\u0073ecret_a"}"#, false), ("{}", false),
            (#"{"tables":"public_a"}"#, false), (#"{"table":["public_a",["public_b"]]}"#, true),
        ])
    func arguments(arguments: String, isAllowed: Bool) throws {
        for access in [
            "{ allow: [{ items: crm/get, arguments: { table: \"public_*\" } }] }",
            "{ allow: [{ items: crm/get, arguments: { table: \"*\" } }], "
                + "deny: [{ arguments: { table: \"secret_*\" } }] }",
        ] {
            let rig = try Rig("  - access: \(access)", server: Self.server())
            #expect(Self.tools(rig) == ["crm__get"])
            rig.client.call("1", "crm__get", arguments)
            #expect((rig.client.one().json("result", "isError") == nil) == isAllowed)
            #expect(rig.server.received("tools/call").count == (isAllowed ? 1 : 0))
            rig.world.stop()
        }
    }

    @Test("completions of a denied prompt are denied")
    func completions() throws {
        let rig = try Rig(
            "  - access: { deny: [{ items: crm/write, principals: local }] }",
            server: Self.server())
        rig.client.request(
            "1", "completion/complete",
            #"{"ref":{"type":"ref/prompt","name":"crm__write"},"argument":{"name":"a","value":""}}"#
        )
        #expect(rig.client.one().json("error") != nil)
        #expect(rig.server.received("completion/complete").isEmpty)
        rig.world.stop()
    }
}
