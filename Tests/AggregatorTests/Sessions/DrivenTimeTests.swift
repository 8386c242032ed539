import Aggregator
import TestSupport
import Testing
import Wire

/// How often and for how long a call is driven.
@Suite struct DrivenTimeTests {
    @Test("an upstream may ask ten times, and no more", arguments: [10, 11])
    func most(rounds: Int) {
        let round = Driving.asking(#""r":\#(Driving.roots)"#)
        let server = Driving.server(Array(repeating: round, count: rounds))
        let (world, client) = Driving.open(server)
        client.call("1", "one__echo")
        for _ in 0..<10 { client.say(Driving.answer(client.one(), #"{"roots":[]}"#)) }
        let answer = client.one()
        #expect(server.received("tools/call").count == 11)
        #expect(answer.json("result", "isError") == (rounds > 10 ? "true" : nil))
        #expect(answer.json("id") == "1")
        world.stop()
    }

    @Test("an upstream that asks nothing but to come again is waited for, longer each time")
    func pauses() {
        let server = Driving.server(Array(repeating: Driving.asking(nil, state: #""s""#), count: 7))
        let (world, client) = Driving.open(server)
        client.call("1", "one__echo")
        for (index, pause) in [50, 100, 200, 400, 800, 1000, 1000].enumerated() {
            world.advance(by: .milliseconds(pause - 1))
            #expect(server.received("tools/call").count == index + 1)
            world.advance(by: .milliseconds(1))
            #expect(server.received("tools/call").count == index + 2)
        }
        #expect(client.one().json("id") == "1")
        world.stop()
    }

    @Test("the time for a whole call covers its rounds and what the client takes over its answers")
    func total() {
        let server = Driving.server([Driving.asking(#""r":\#(Driving.roots)"#)])
        server.timeouts.total = .seconds(30)
        let (world, client) = Driving.open(server)
        client.call("1", "one__echo")
        let question = client.one()
        world.advance(by: .seconds(29))
        #expect(client.take() == [])
        world.advance(by: .seconds(1))
        let lines = client.take()
        #expect(lines.first?.json("params", "requestId") == question.json("id"))
        #expect(lines.last?.json("result", "isError") == "true")
        #expect(
            lines.last?.value("result", "content", "0", "text")?.string?.contains("timeouts.total")
                == true)
        client.say(Driving.answer(question, #"{"roots":[]}"#))
        #expect(server.received("tools/call").count == 1)
        world.stop()
    }

    @Test("a later round that is under way when the time is over is cancelled")
    func totalLater() {
        let server = Driving.server([Driving.asking(#""r":\#(Driving.roots)"#)])
        server.timeouts.total = .seconds(30)
        let script = server.script
        server.script = { connection, request in
            if request.method == "tools/call", server.received("tools/call").count == 2 {
                return true
            }
            return script?(connection, request) ?? false
        }
        let (world, client) = Driving.open(server)
        client.call("1", "one__echo")
        let question = client.one()
        world.advance(by: .seconds(20))
        client.say(Driving.answer(question, #"{"roots":[]}"#))
        world.advance(by: .seconds(10))
        #expect(client.one().json("result", "isError") == "true")
        #expect(
            server.received("notifications/cancelled").last?.params.json("requestId")
                == server.received("tools/call")[1].id)
        world.stop()
    }

    @Test("a client that never answers is not waited for for ever")
    func patience() {
        let server = Driving.server([Driving.asking(#""r":\#(Driving.roots)"#)])
        server.timeouts.total = nil
        let (world, client) = Driving.open(server)
        client.call("1", "one__echo")
        _ = client.take()
        world.advance(by: .seconds(599))
        #expect(client.take() == [])
        world.advance(by: .seconds(1))
        #expect(client.take().last?.json("result", "isError") == "true")
        world.stop()
    }
}
