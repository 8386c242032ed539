import Aggregator
import TestSupport
import Testing
import Wire

/// Calls that wait for their client to come back with answers.
@Suite struct ParkingTests {
    @Test("a question ends the exchange, its answer reaches the upstream, and the call goes on")
    func round() {
        let world = Parking()
        world.call()
        world.ask("0", "elicitation/create", Parking.form)
        #expect(world.client.take() == [])
        world.world.advance(by: .milliseconds(25))
        let asked = world.client.one()
        #expect(asked.json("id") == "1")
        #expect(asked.json("result", "resultType") == #""input_required""#)
        #expect(
            asked.json("result", "inputRequests")
                == #"{"r1":{"method":"elicitation/create","params":{"mode":"form","#
                + #""message":"[one] Who?","requestedSchema":{"x":1.0}}}}"#)
        #expect(asked.json("result", "_meta") != nil)
        #expect(world.told == [])
        let state = asked.json("result", "requestState") ?? ""
        let answer = #"{"action":"accept","content":{"name":"B\u006f", "n":1.0}}"#
        world.call("2", world.answers(state, #"{"r1":\#(answer)}"#))
        #expect(world.told == [#"{"jsonrpc":"2.0","id":0,"result":\#(answer)}"#])
        #expect(world.client.take() == [])
        world.finish()
        let done = world.client.one()
        #expect(done.json("id") == "2")
        #expect(done.json("result", "resultType") == #""complete""#)
        #expect(world.calls == 1)
        #expect(world.server.received("notifications/cancelled").isEmpty)
        world.world.stop()
    }

    @Test("an upstream is offered what can be asked, in one form, and clients alike share it")
    func offered() {
        let world = Parking()
        let roots = #"{"extensions":{"x/y":{}},"roots":{},"elicitation":{"url":{},"form":{}},"#
        world.client.enveloped("1", "tools/list", capabilities: roots + #""sampling":{"x":1}}"#)
        world.world.advance(by: .seconds(1))
        #expect(
            world.server.received("initialize").map { $0.params.json("capabilities") } == [
                #"{"sampling":{},"elicitation":{"form":{},"url":{}},"roots":{}}"#
            ])
        world.client.enveloped("2", "tools/list", capabilities: #"{"sampling":{"tools":{}}}"#)
        world.world.advance(by: .seconds(1))
        #expect(
            world.server.received("initialize").last?.params.json("capabilities")
                == #"{"sampling":{"tools":{}}}"#)
        world.world.stop()
    }

    @Test("a server of both eras keeps the newer one for a client that can be asked")
    func dual() {
        let world = Parking { $0.isModern = true }
        #expect(world.server.received("initialize").isEmpty && world.server.complaints == [])
        world.world.stop()
    }

    @Test("questions that come together are asked together, each as it is but for its address")
    func together() {
        let world = Parking()
        world.call()
        let page = #"{"mode":"url","message":"m","url":"https://x","elicitationId":"e"}"#
        world.ask("0", "elicitation/create", page)
        world.world.advance(by: .milliseconds(20))
        world.ask(#""x""#, "sampling/createMessage", #"{"messages":[],"maxTokens":1}"#)
        world.ask("2.0", "roots/list", "{}")
        world.world.advance(by: .milliseconds(5))
        let asked = world.client.one()
        #expect(
            asked.json("result", "inputRequests")
                == #"{"r1":{"method":"elicitation/create","params":{"mode":"url","#
                + #""message":"[one] m","url":"https://x"}},"r2":{"method":"#
                + #""sampling/createMessage","params":{"messages":[],"maxTokens":1}},"#
                + #""r3":{"method":"roots/list","params":{}}}"#)
        let state = asked.json("result", "requestState") ?? ""
        world.call(
            "2", world.answers(state, #"{"r3":{"roots":[]},"r1":{"action":"x"},"r2":{"m":2}}"#))
        #expect(
            world.told == [
                #"{"jsonrpc":"2.0","id":0,"result":{"action":"x"}}"#,
                #"{"jsonrpc":"2.0","id":"x","result":{"m":2}}"#,
                #"{"jsonrpc":"2.0","id":2.0,"result":{"roots":[]}}"#,
            ])
        world.finish()
        #expect(world.client.one().json("result", "resultType") == #""complete""#)
        world.world.stop()
    }

    @Test("a call may be parked again and again, with keys that do not come twice")
    func rounds() {
        let world = Parking()
        world.call()
        let first = world.park()
        world.call("2", world.answers(first))
        world.ask("1", "roots/list", "{}")
        world.world.advance(by: .milliseconds(25))
        let asked = world.client.one()
        #expect(asked.json("id") == "2")
        #expect(
            asked.json("result", "inputRequests")
                == #"{"r2":{"method":"roots/list","params":{}}}"#)
        let second = asked.json("result", "requestState") ?? ""
        world.call("3", world.answers(second, #"{"r2":{"roots":[]}}"#))
        world.finish()
        #expect(world.client.one().json("id") == "3")
        #expect(world.told.count == 2 && world.calls == 1)
        world.world.stop()
    }

    @Test("what is not answered is asked again, and what was not asked is ignored")
    func missing() {
        let world = Parking()
        world.call()
        world.ask("7", "roots/list", "{}")
        let first = world.park()
        world.call("2", world.answers(first, #"{"r2":{"action":"cancel"},"r9":{},"who":4}"#))
        let again = world.client.one()
        #expect(
            again.json("result", "inputRequests")
                == #"{"r1":{"method":"roots/list","params":{}}}"#)
        let second = again.json("result", "requestState") ?? ""
        world.call("3", #","requestState":\#(second)"#)
        #expect(world.client.one().json("result", "inputRequests", "r1") != nil)
        world.call("4", world.answers(second, #"{"r1":{"roots":[]},"r2":{"action":"accept"}}"#))
        world.finish()
        #expect(world.client.one().json("result", "resultType") == #""complete""#)
        #expect(
            world.told == [
                #"{"jsonrpc":"2.0","id":0,"result":{"action":"cancel"}}"#,
                #"{"jsonrpc":"2.0","id":7,"result":{"roots":[]}}"#,
            ])
        world.world.stop()
    }

    @Test(
        "an answer that is no object is refused, nothing is delivered, and the call waits on",
        arguments: [#"{"r1":5}"#, #"{"r1":null}"#, #"{"r1":[{}]}"#, #"[]"#, "1"])
    func malformed(responses: String) {
        let world = Parking()
        world.call()
        let state = world.park()
        world.call("2", world.answers(state, responses))
        #expect(world.client.one().json("error", "code") == "-32602")
        #expect(world.told == [])
        world.call("3", world.answers(state))
        world.finish()
        #expect(world.client.one().json("result", "resultType") == #""complete""#)
        #expect(world.told.count == 1)
        world.world.stop()
    }

    @Test("a state is good for the request, and the principal, that it was given for")
    func foreign() {
        let world = Parking()
        world.call()
        let state = world.park()
        world.call("2", world.answers(state), arguments: #"{"x":1}"#)
        #expect(
            world.client.one().json("error", "data") == #"{"reason":"invalid_request_state"}"#)
        let stranger = world.post(world.answers(state), principal: Principal(name: "eve"))
        world.world.advance(by: .seconds(1))
        #expect(
            stranger.take().last?.json("error", "data") == #"{"reason":"invalid_request_state"}"#)
        #expect(world.told == [] && world.calls == 1)
        world.world.stop()
    }

    @Test(
        "a client that does not come back answers nothing, and the call is given up",
        arguments: [
            ("elicitation/create", Parking.form), ("sampling/createMessage", "{}"),
            ("roots/list", "{}"),
        ])
    func expiry(method: String, params: String) {
        let world = Parking()
        world.call()
        world.ask("0", method, params)
        let state = world.state()
        world.world.advance(by: .seconds(9 * 60))
        #expect(world.told == [])
        world.world.advance(by: .seconds(60))
        if method == "elicitation/create" {
            #expect(world.told == [#"{"jsonrpc":"2.0","id":0,"result":{"action":"cancel"}}"#])
        } else {
            #expect(world.told.map { $0.json("error", "code") } == ["-32603"])
        }
        #expect(world.server.received("notifications/cancelled").count == 1)
        world.call("2", world.answers(state))
        let over = world.client.one()
        #expect(over.json("error", "code") == "-32602")
        #expect(over.json("error", "data") == #"{"reason":"expired_request_state"}"#)
        #expect(world.calls == 1)
        world.world.stop()
    }

    @Test("an upstream may be silent for as long as its question waits")
    func patience() {
        let world = Parking { $0.timeouts.idle = .seconds(20) }
        world.call()
        let state = world.park()
        world.world.advance(by: .seconds(9 * 60))
        world.call("2", world.answers(state))
        world.finish()
        #expect(world.client.one().json("result", "resultType") == #""complete""#)
        world.world.stop()
    }

    @Test("a question that its upstream takes back needs no answer any more")
    func withdrawn() {
        let world = Parking()
        world.call()
        let state = world.park()
        world.server.connection?.say(
            #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":0}}"#)
        world.world.run()
        world.finish()
        world.call("2", world.answers(state))
        #expect(world.client.one().json("result", "resultType") == #""complete""#)
        #expect(world.told == [])
        world.world.stop()
    }

    @Test("an upstream that dies while its question waits fails the call when the client is back")
    func death() {
        let world = Parking()
        world.call()
        let state = world.park()
        world.server.connection?.die()
        world.world.advance(by: .seconds(1))
        world.call("2", world.answers(state))
        #expect(world.client.one().json("result", "isError") == "true")
        #expect(world.calls == 1)
        world.world.stop()
    }

    @Test(
        "what a client did not offer is refused, and nothing is parked",
        arguments: [
            ("{}", "roots/list", "{}", -32601),
            (#"{"roots":{}}"#, "elicitation/create", "{}", -32601),
            (#"{"roots":{}}"#, "sampling/createMessage", "{}", -32601),
            (#"{"elicitation":{}}"#, "elicitation/create", #"{"mode":"url"}"#, -32602),
            (#"{"elicitation":{"url":{}}}"#, "elicitation/create", "{}", -32602),
            (#"{"sampling":{}}"#, "sampling/createMessage", #"{"tools":[]}"#, -32602),
        ])
    func gate(capabilities: String, method: String, params: String, code: Int) {
        let world = Parking()
        world.call(capabilities: capabilities)
        world.world.advance(by: .seconds(1))
        world.ask("5", method, params)
        world.world.advance(by: .seconds(1))
        #expect(world.client.take() == [])
        #expect(world.told.map { $0.value("error", "code")?.integer } == [code])
        world.finish()
        #expect(world.client.one().json("result", "resultType") == #""complete""#)
        world.world.stop()
    }
}
