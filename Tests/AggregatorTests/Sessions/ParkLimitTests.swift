import Aggregator
import TestSupport
import Testing
import Wire

/// How much of calls that wait for their clients is kept.
@Suite struct ParkLimitTests {
    private static let refusal = "Too many calls wait for answers of their clients."

    @Test("one call more than can wait is not asked about, and goes on")
    func calls() {
        var limits = ParkLimits()
        limits.calls = 2
        let world = Parking(parks: limits)
        for id in ["1", "2", "3"] {
            world.call(id)
            world.ask(id, "elicitation/create", Parking.form)
            world.world.advance(by: .milliseconds(25))
        }
        let asked = world.client.take()
        #expect(asked.compactMap { $0.json("id") } == ["1", "2"] && world.world.hub.parked == 2)
        #expect(world.told.map { $0.value("error", "message")?.string } == [Self.refusal])
        world.finish()
        #expect(world.client.one().json("id") == "3")
        // The first of them makes room once it is over and forgotten.
        world.call("4", world.answers(asked[0].json("result", "requestState") ?? ""))
        #expect(world.client.one().json("result", "resultType") == #""complete""#)
        world.world.advance(by: .seconds(70))
        world.call("5")
        world.ask("5", "elicitation/create", Parking.form)
        world.world.advance(by: .milliseconds(25))
        #expect(world.client.one().json("result", "resultType") == #""input_required""#)
        world.world.stop()
    }

    @Test("questions that are too large together are refused, and room comes back with answers")
    func bytes() {
        var limits = ParkLimits()
        limits.bytes = 300
        let world = Parking(parks: limits)
        world.call()
        let state = world.park()
        let large = String(repeating: "x", count: 300)
        world.ask("1", "sampling/createMessage", #"{"x":"\#(large)"}"#)
        #expect(world.told.map { $0.value("error", "message")?.string } == [Self.refusal])
        world.call("2", world.answers(state))
        world.ask("2", "sampling/createMessage", #"{"x":"\#(large.prefix(200))"}"#)
        world.world.advance(by: .milliseconds(25))
        #expect(world.client.one().json("result", "resultType") == #""input_required""#)
        world.world.stop()
    }

    @Test("an outcome that there is no room for is given once, and not kept")
    func outcome() {
        var limits = ParkLimits()
        limits.bytes = 300
        let world = Parking(parks: limits)
        let arguments = #"{"x":"\#(String(repeating: "x", count: 300))"}"#
        world.call(arguments: arguments)
        let state = world.park()
        world.finish()
        world.call("2", world.answers(state), arguments: arguments)
        #expect(world.client.one().json("result", "resultType") == #""complete""#)
        #expect(world.world.hub.parked == 0)
        world.call("3", world.answers(state), arguments: arguments)
        #expect(
            world.client.one().json("error", "data") == #"{"reason":"expired_request_state"}"#)
        world.world.stop()
    }

    @Test("nothing is left of calls that their clients never come back for")
    func forgotten() {
        let world = Parking()
        for id in ["1", "2", "3"] {
            world.call(id)
            world.ask(id, "roots/list", "{}")
            world.world.advance(by: .milliseconds(25))
        }
        #expect(world.world.hub.parked == 3)
        world.world.advance(by: .seconds(601))
        #expect(world.world.hub.parked == 0 && world.told.count == 3)
        world.world.stop()
    }
}
