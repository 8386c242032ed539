import Aggregator
import Machine
import TestSupport
import Testing
import Wire

@testable import Plugins

/// Servers get tokens, clients their values back, and nobody else's.
@Suite struct TokenizeTests {
    private static let keys = ["A", "B"].map { String(repeating: $0, count: 64) }

    private static func rig(_ more: String = #"fields: ["**.email", "**.id"]"#) throws -> Rig {
        try Rig(
            #"  - tokenize: { \#(more), patterns: ["[\\w.]+@[\\w.]+"], keys: ["${env:K}"] }"#,
            environment: ["K": keys[0]])
    }

    @Test(
        "the server sees no value, and the client gets each one back as it was",
        arguments: [
            #"{"to":"a.b@example.com"}"#, #"{"to":["Ann <ann@x.org>","ü@é.de, 😀"]}"#,
            #"{"email":"\"quoted\" \\ and\nlines 😀"}"#, #"{"id":9007199254740993}"#,
            #"{"id":1.50e2,"n":7}"#, #"{"deep":[{"x":{"email":"e","k":null,"b":true}}]}"#,
        ])
    func roundTrip(arguments: String) throws {
        let rig = try Self.rig()
        let (answer, sent) = rig.call(arguments)
        #expect(sent?.contains("mtk_") == true)
        for secret in ["example.com", "ann@", "quoted", "9007199254740993", "1.50e2", "\"e\""] {
            #expect(sent?.contains(secret) == false)
        }
        #expect(
            answer.value("result", "structuredContent", "arguments").map { Canonical.json($0) }
                == arguments.value().map { Canonical.json($0) })
        rig.world.stop()
    }

    @Test("values come back inside of text, text that is JSON, errors and progress")
    func places() throws {
        let rig = try Self.rig()
        let sent = rig.call(#"{"email":"say \"hi\""}"#).sent ?? ""
        let token = sent.value("email")?.string ?? ""
        let json = String(decoding: JSONWriter.quoted(#"{"e":"\#(token)"}"#), as: UTF8.self)
        let result = rig.answer(
            #"{"content":[{"type":"text","text":"<\#(token)x\#(token)>"},"#
                + #"{"type":"text","text":\#(json)},{"type":"image","data":"\#(token)"}]}"#)
        #expect(
            result.value("result", "content", "0", "text")?.string
                == #"<say "hi"xsay "hi">"#)
        #expect(
            result.value("result", "content", "1", "text")?.string == #"{"e":"say \"hi\""}"#)
        #expect(result.value("result", "content", "2", "data")?.string == token)
        rig.server.script = { connection, request in
            guard request.method == "tools/call" else { return false }
            connection.fail(request, code: 3, "no \(token)")
            return true
        }
        rig.client.call("1", "crm__echo")
        #expect(rig.client.one().json("error", "message") == #""no say \"hi\"""#)
        rig.world.stop()
    }

    private static func rule(_ name: String, keys: [String]) throws -> Tokenize {
        let list = keys.map { "\"\($0)\"" }.joined(separator: ", ")
        let configuration = try read(
            "plugins:\n  - tokenize: { fields: [\"*\"], keys: [\(list)] }\n")
        let settings = try #require(configuration.plugins[0].settings as? TokenizeSettings)
        return Tokenize(
            settings, name: name,
            PluginTools(
                time: ManualTime(), log: .none, offLoop: OffLoop(threads: 1), keepsFiles: false))
    }

    private static func judge(
        _ rule: Tokenize, _ json: String, _ hook: Scope.Hook, upstream: String = "crm",
        principal: String = "ann"
    ) async throws -> String {
        let value = try Value(validating: Array(json.utf8))
        let verdict = try await rule.judge(
            Document(hook == .request ? .arguments : .result, value),
            RuleContext(
                hook: hook, method: .toolsCall, upstream: upstream,
                principal: Principal(name: principal), clientName: nil,
                deadline: .now.advanced(by: .seconds(60))))
        guard case .replace(let changed) = verdict else { return json }
        return String(decoding: changed, as: UTF8.self)
    }

    @Test("a token opens for its rule, upstream and principal only, and not when it was changed")
    func ownership() async throws {
        let rule = try Self.rule("r", keys: [Self.keys[0]])
        let sent = try await Self.judge(rule, #"{"a":"secret"}"#, .request)
        let result = #"{"structuredContent":\#(sent)}"#
        let open = #"{"structuredContent":{"a":"secret"}}"#
        #expect(try await Self.judge(rule, result, .response) == open)
        #expect(try await Self.judge(rule, result, .response, principal: "bob") == result)
        #expect(try await Self.judge(rule, result, .response, upstream: "docs") == result)
        let other = try Self.rule("s", keys: [Self.keys[0]])
        #expect(try await Self.judge(other, result, .response) == result)
        let stranger = try Self.rule("r", keys: [Self.keys[1]])
        #expect(try await Self.judge(stranger, result, .response) == result)
        for index in sent.indices where "bcdfghjklmnpqrst".contains(sent[index]) {
            guard sent.distance(from: sent.startIndex, to: index) > 9 else { continue }
            var changed = sent
            changed.replaceSubrange(index...index, with: sent[index] == "b" ? "c" : "b")
            let text = #"{"structuredContent":\#(changed)}"#
            #expect(try await Self.judge(rule, text, .response) == text)
        }
    }

    @Test("the same value of the same caller is the same token, and no other's")
    func determinism() async throws {
        let rule = try Self.rule("r", keys: [Self.keys[0]])
        let first = try await Self.judge(rule, #"{"a":"secret"}"#, .request)
        #expect(try await Self.judge(rule, #"{"a":"secret"}"#, .request) == first)
        #expect(try await Self.judge(rule, #"{"a":"secret"}"#, .request, principal: "b") != first)
        #expect(try await Self.judge(rule, #"{"a":"secret"}"#, .request, upstream: "x") != first)
        #expect(try await Self.judge(rule, #"{"a":"secreu"}"#, .request) != first)
    }

    @Test("an older key opens what it has made, and the newest one makes")
    func rotation() async throws {
        let old = try Self.rule("r", keys: [Self.keys[0]])
        let both = try Self.rule("r", keys: [Self.keys[1], Self.keys[0]])
        let sent = try await Self.judge(old, #"{"a":"x"}"#, .request)
        #expect(try await Self.judge(both, #"{"a":"x"}"#, .request) != sent)
        #expect(
            try await Self.judge(both, #"{"structuredContent":\#(sent)}"#, .response)
                == #"{"structuredContent":{"a":"x"}}"#)
    }
}
