import Aggregator
import Synchronization
import TestSupport
import Testing
import Wire

/// Who is asked about what, and in which order.
@Suite struct ScopeTests {
    /// Notes that it was asked, and changes nothing.
    private final class Witness: Rule {
        let kind = "witness"
        let seen = Mutex<[String]>([])

        func judge(
            _ document: Document, _ context: RuleContext
        ) async throws(RuleFault) -> Verdict {
            seen.withLock { $0.append("\(context.hook.rawValue) \(context.method.name)") }
            return .pass
        }
    }

    private static func host(_ witness: Witness, _ scope: Scope, _ world: World) -> RuleHost {
        RuleHost(
            "w", witness, scope: scope, safety: Safety(), time: world.time, log: world.log.log)
    }

    @Test(
        "a plugin sees what its scope covers, by original names, and nothing else",
        arguments: [
            (Scope([.request, .response], methods: [.toolsCall]), true),
            (Scope([.request], methods: [.promptsGet]), false),
            (Scope([.request], methods: [.toolsCall], upstreams: [Glob("c*")]), true),
            (Scope([.request], methods: [.toolsCall], upstreams: [Glob("docs")]), false),
            (Scope([.request], methods: [.toolsCall], names: [.tool: [Glob("ec?o")]]), true),
            (Scope([.request], methods: [.toolsCall], names: [.tool: [Glob("crm__echo")]]), false),
            (Scope([.request], methods: [.toolsCall], names: [.prompt: [Glob("*")]]), false),
            (Scope([.catalog, .notification], methods: [.toolsCall]), false),
        ])
    func covered(scope: Scope, isSeen: Bool) {
        let witness = Witness()
        let rig = Rig { [Self.host(witness, scope, $0)] }
        _ = rig.call("{}")
        _ = rig.call("{}")
        let seen = witness.seen.withLock { $0 }
        #expect(seen.count == (isSeen ? 2 * scope.hooks.count : 0))
        rig.world.stop()
    }

    @Test("the first plugin is outermost: first with requests, last with answers")
    func order() {
        let rig = Rig { world in
            ["a", "b"].map { name in
                RuleHost(
                    name,
                    Scripted { document, context in
                        let key = context.hook == .request ? "sent" : "heard"
                        let text = String(decoding: document.value.raw, as: UTF8.self)
                        let seen = document.value[key]?.string ?? ""
                        return text.contains("\"\(key)\"")
                            ? .replace(Array(#"{"\#(key)":"\#(seen)\#(name)"}"#.utf8)) : .pass
                    }, scope: Scope([.request, .response], methods: [.toolsCall]),
                    safety: Safety(), time: world.time, log: world.log.log)
            }
        }
        rig.server.script = { connection, request in
            guard request.method == "tools/call" else { return false }
            connection.answer(request, #"{"heard":""}"#)
            return true
        }
        let (answer, sent) = rig.call(#"{"sent":""}"#)
        #expect(sent == #"{"sent":"ab"}"#)
        #expect(answer.json("result") == #"{"heard":"ba"}"#)
        rig.world.stop()
    }

    @Test("any number of rules that do not match leaves every byte of calls and answers")
    func transparency() {
        let odd = #"{ "b" : 1.0,"a":"\u0041\/","a":18446744073709551616 ,"é":[ ],"s":"\ud800"}"#
        let rig = Rig { world in
            let scopes = [
                Scope([.request, .response], methods: [.toolsCall], upstreams: [Glob("x")]),
                Scope([.request, .response], methods: [.toolsCall], names: [.tool: [Glob("x")]]),
                Scope([.request, .response], methods: [.toolsCall]),
            ]
            return (0..<30).map { Self.host(Witness(), scopes[$0 % 3], world) }
        }
        let (answer, sent) = rig.call(odd)
        #expect(sent == odd)
        #expect(
            answer == #"{"jsonrpc":"2.0","id":1,"result":{"content":[],"structuredContent":"#
                + #"{"server":"crm","name":"echo","arguments":\#(odd)}}}"#)
        rig.world.stop()
    }

    @Test("a client answers in its own words what was asked about a call that a rule has changed")
    func rounds() {
        let server = Driving.server([Driving.asking(#""r":\#(Driving.name)"#, state: #""s""#)])
        let rig = Rig(server: server, opens: false) { world in
            [
                RuleHost(
                    "probe", Scripted { _, _ in .replace(Array(#"{"masked":1}"#.utf8)) },
                    scope: Scope([.request], methods: [.toolsCall]), safety: Safety(),
                    time: world.time, log: world.log.log)
            ]
        }
        let call = #","name":"one__echo","arguments":{"plain":1}"#
        rig.client.enveloped("1", "tools/call", call, capabilities: Driving.all)
        rig.world.advance(by: .seconds(1))
        let lines = rig.client.take()
        let state = lines.last?.json("result", "requestState")
        #expect(state != nil, "\(lines)")
        rig.client.enveloped(
            "2", "tools/call",
            call + #","inputResponses":{"r":{"action":"accept"}},"requestState":\#(state ?? "0")"#,
            capabilities: Driving.all)
        #expect(rig.client.one().json("result", "resultType") == #""complete""#)
        #expect(
            server.received("tools/call").map(\.arguments) == [#"{"masked":1}"#, #"{"masked":1}"#])
        rig.world.stop()
    }
}
