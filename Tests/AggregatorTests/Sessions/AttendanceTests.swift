import Aggregator
import TestSupport
import Testing
import Wire

/// Which request of a client a parked call speaks to, and which call a question is about.
@Suite struct AttendanceTests {
    @Test("the later of two equal requests goes on, and an answer is delivered once")
    func repeated() {
        let world = Parking()
        let token = world.park(world.post())
        let early = world.post(world.answers(token))
        let late = world.post(world.answers(token))
        #expect(early.take().map { $0.json("error", "code") } == ["-32603"])
        world.finish()
        #expect(late.take().map { $0.json("result", "resultType") } == [#""complete""#])
        #expect(world.told.count == 1 && world.calls == 1)
        world.world.stop()
    }

    @Test("an outcome is there for a minute for a client that did not hear it")
    func remembered() {
        let world = Parking()
        let token = world.park(world.post())
        let heard = world.post(world.answers(token))
        world.finish()
        let whole = heard.take()
        world.world.advance(by: .seconds(50))
        #expect(world.post(world.answers(token)).take() == whole)
        world.world.advance(by: .seconds(20))
        #expect(
            world.post(world.answers(token)).take().map { $0.json("error", "data") }
                == [#"{"reason":"expired_request_state"}"#])
        #expect(world.told.count == 1 && world.calls == 1)
        world.world.stop()
    }

    @Test("a client that goes away while it waits cancels; one that has been asked may go")
    func gone() {
        let world = Parking()
        let first = world.post()
        let token = world.park(first)
        first.close()
        #expect(world.server.received("notifications/cancelled").isEmpty)
        let second = world.post(world.answers(token))
        second.close()
        #expect(world.server.received("notifications/cancelled").count == 1)
        #expect(
            world.post(world.answers(token)).take().map { $0.json("error", "data") }
                == [#"{"reason":"expired_request_state"}"#])
        world.world.stop()
    }

    @Test("a client that goes away before it could be asked answers its upstream with a cancel")
    func goneEarly() {
        let world = Parking()
        let post = world.post()
        world.ask("0", "elicitation/create", Parking.form)
        post.close()
        #expect(world.told == [#"{"jsonrpc":"2.0","id":0,"result":{"action":"cancel"}}"#])
        #expect(world.server.received("notifications/cancelled").count == 1)
        world.world.stop()
    }

    @Test("a cancellation travels on with its reason")
    func cancelled() {
        let world = Parking()
        world.call()
        let state = world.park()
        world.call("2", world.answers(state))
        world.client.notify("notifications/cancelled", #"{"requestId":2,"reason":"enough"}"#)
        #expect(world.client.take() == [])
        let told = world.server.received("notifications/cancelled")
        #expect(told.map { $0.params.json("reason") } == [#""enough""#])
        world.world.stop()
    }

    @Test("progress and logs are told to the request that waits, as that one wants them")
    func asides() {
        let world = Parking()
        func report() {
            let token = world.server.received("tools/call").last?.progressToken ?? ""
            world.server.connection?.say(
                #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"#
                    + #""progressToken":\#(token),"progress":1}}"#)
            world.server.connection?.say(
                #"{"jsonrpc":"2.0","method":"notifications/message","params":{"#
                    + #""level":"info","data":1}}"#)
            world.world.run()
        }
        let level = #","io.modelcontextprotocol/logLevel":"info""#
        let first = world.post(meta: #","progressToken":"a""# + level)
        report()
        #expect(
            first.take().map { $0.json("params", "progressToken") ?? "log" } == [#""a""#, "log"])
        let token = world.park(first)
        report()
        let second = world.post(world.answers(token), meta: #","progressToken":7"#)
        report()
        world.finish()
        #expect(
            second.take().map { $0.json("params", "progressToken") ?? $0.json("id") ?? "log" }
                == ["7", "log", "7", "1"])
        #expect(first.take() == [])
        world.world.stop()
    }

    @Test("of two exchanges that could be meant, none is asked")
    func ambiguous() {
        let world = Parking()
        let posts = [world.post(), world.post()]
        world.ask("0", "elicitation/create", Parking.form)
        world.world.advance(by: .seconds(1))
        for post in posts { #expect(post.take() == []) }
        #expect(world.told.map { $0.json("error", "code") } == ["-32601"])
        world.world.stop()
    }

    @Test("of the calls on one pipe the latest is asked, and its result waits for the answer")
    func latest() {
        let world = Parking()
        for id in ["1", "2", "3"] { world.call(id) }
        world.ask("0", "elicitation/create", Parking.form)
        let requests = world.server.open("tools/call")
        world.server.connection?.oblige(requests[2])
        world.world.run()
        #expect(world.client.take() == [])
        world.world.advance(by: .milliseconds(25))
        let asked = world.client.one()
        #expect(asked.json("id") == "3")
        world.call("4", world.answers(asked.json("result", "requestState") ?? ""))
        #expect(world.client.one().json("result", "resultType") == #""complete""#)
        #expect(world.told.count == 1)
        world.finish()
        #expect(world.client.take().compactMap { $0.json("id") } == ["1", "2"])
        world.world.stop()
    }

    @Test("a question of a cancelled call is asked with another one of the same client")
    func passedOn() {
        let world = Parking()
        for id in ["1", "2"] { world.call(id) }
        world.ask("0", "elicitation/create", Parking.form)
        world.client.notify("notifications/cancelled", #"{"requestId":2}"#)
        world.world.advance(by: .milliseconds(25))
        #expect(world.client.one().json("id") == "1")
        #expect(world.told == [])
        world.world.stop()
    }

    @Test("a cancellation that crosses the question ends the call, and another one is asked")
    func crossed() {
        let world = Parking()
        for id in ["1", "2"] { world.call(id) }
        let state = world.park()
        world.client.notify("notifications/cancelled", #"{"requestId":2,"reason":"enough"}"#)
        let told = world.server.received("notifications/cancelled")
        #expect(told.map { $0.params.json("reason") } == [#""enough""#])
        world.world.advance(by: .milliseconds(25))
        #expect(world.client.one().json("id") == "1")
        #expect(world.told == [])
        world.call("3", world.answers(state))
        #expect(
            world.client.one().json("error", "data") == #"{"reason":"expired_request_state"}"#)
        world.world.stop()
    }

    @Test("a call whose client has to come back is asked only if there is no other")
    func busy() {
        let world = Parking()
        for id in ["1", "2"] { world.call(id) }
        let state = world.park()
        world.ask("1", "elicitation/create", Parking.form)
        world.world.advance(by: .milliseconds(25))
        #expect(world.client.one().json("id") == "1")
        world.call("3", world.answers(state))
        world.finish()
        #expect(world.client.one().json("id") == "3")
        world.world.stop()
    }

    @Test("a cancellation that comes when the client is about to be asked has another call ask it")
    func overtaken() {
        let world = Parking()
        for id in ["1", "2"] { world.call(id) }
        world.ask("0", "elicitation/create", Parking.form)
        world.client.tell(
            #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":2}}"#)
        world.world.time.set(world.world.time.now.advanced(by: .milliseconds(25)))
        world.world.advance(by: .milliseconds(25))
        #expect(world.client.one().json("id") == "1")
        world.world.stop()
    }

    @Test("a client that does not come back is asked by another of its calls, and answers either")
    func dropped() {
        for answersFirst in [true, false] {
            let world = Parking()
            for id in ["1", "2"] { world.call(id) }
            let first = world.park()
            world.world.advance(by: .seconds(29))
            #expect(world.client.take() == [])
            world.world.advance(by: .seconds(9))
            let again = world.client.one()
            #expect(again.json("id") == "1")
            let second = again.json("result", "requestState") ?? ""
            world.call("3", world.answers(answersFirst ? first : second))
            #expect(world.told.count == 1)
            world.call("4", world.answers(answersFirst ? second : first))
            world.finish()
            #expect(world.client.take().compactMap { $0.json("id") }.sorted() == ["3", "4"])
            #expect(world.told.count == 1 && world.calls == 2)
            world.world.stop()
        }
    }

    @Test("a question that two calls carry outlives the one that is cancelled")
    func outlives() {
        let world = Parking()
        for id in ["1", "2"] { world.call(id) }
        let first = world.park()
        world.world.advance(by: .seconds(38))
        #expect(world.client.one().json("id") == "1")
        world.client.notify("notifications/cancelled", #"{"requestId":1}"#)
        #expect(world.told == [])
        world.call("3", world.answers(first))
        #expect(world.told.count == 1)
        world.finish()
        #expect(world.client.one().json("id") == "3")
        world.world.stop()
    }
}
