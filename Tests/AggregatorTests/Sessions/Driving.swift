import Aggregator
import TestSupport
import Wire

/// What the tests of driven rounds have in common.
enum Driving {
    static let all = #"{"sampling":{"tools":{}},"elicitation":{"form":{},"url":{}},"roots":{}}"#
    static let name = #"{"method":"elicitation/create","params":{"message":"Who?","x":1.0}}"#
    static let model = #"{"method":"sampling/createMessage","params":{"maxTokens":5}}"#
    static let roots = #"{"method":"roots/list"}"#

    /// What an upstream answers that asks, with members of `inputRequests` and perhaps a state.
    static func asking(_ requests: String?, state: String? = nil) -> String {
        let requests = requests.map { #","inputRequests":{\#($0)}"# } ?? ""
        let state = state.map { #","requestState":\#($0)"# } ?? ""
        return #"{"resultType":"input_required"\#(requests)\#(state)}"#
    }

    static let done = #"{"resultType":"complete","content":[],"ttlMs":1,"x":1.0}"#

    /// A server whose calls are answered with these results, one after another, and then completely.
    static func server(_ results: [String], methods: Set<String> = ["tools/call"])
        -> ScriptedServer
    {
        let server = ScriptedServer.modern("one")
        server.prompts = [#"{"name":"greet"}"#]
        server.resources = [#"{"uri":"a:b","name":"b"}"#]
        server.script = { connection, request in
            guard methods.contains(request.method) else { return false }
            let round = server.received(request.method).count - 1
            connection.answer(request, round < results.count ? results[round] : done)
            return true
        }
        return server
    }

    static func open(
        _ server: ScriptedServer, _ capabilities: String = all, revision: String = "2025-11-25"
    ) -> (World, Client) {
        let world = World([server])
        let client = world.client()
        client.open(capabilities, revision: revision)
        return (world, client)
    }

    static func answer(_ question: String, _ result: String) -> String {
        #"{"jsonrpc":"2.0","id":\#(question.json("id") ?? "?"),"result":\#(result)}"#
    }

    static func refuse(_ question: String) -> String {
        #"{"jsonrpc":"2.0","id":\#(question.json("id") ?? "?"),"error":{"code":-1,"message":"busy"}}"#
    }
}
