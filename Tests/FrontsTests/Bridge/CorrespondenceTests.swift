import Testing
import Wire

@testable import Fronts

@Suite struct CorrespondenceTests {
    @Test("an answer goes to its own exchange, whatever the order, and whoever uses the same id")
    func answers() {
        var desk = Desk()
        for number in 1...3 { #expect(desk.begin(number) == []) }
        #expect(desk.answer(2, "b") == ["2 = b"])
        #expect(desk.answer(3, "c") == ["3 = c"])
        #expect(desk.answer(1, "a") == ["1 = a"])
        #expect(desk.answer(1, "again") == [])
        #expect(!desk.state.isBusy)
    }

    @Test("what is said of a request goes over its stream, all else over the one that began last")
    func asides() {
        var desk = Desk()
        _ = desk.begin(1, events: true)
        _ = desk.begin(2, events: true)
        _ = desk.begin(3)
        #expect(desk.tell("progress", about: 1) == ["1 + progress"])
        #expect(desk.tell("log") == ["2 + log"])
        #expect(desk.tell("progress", about: 3) == [])
        #expect(desk.collect(events: false) == ["progress"])
        #expect(desk.collect(events: false) == [])
    }

    @Test("what nothing can carry waits in order, for a stream or for somebody who asks nothing")
    func waiting() {
        var desk = Desk()
        for text in ["a", "b", "c"] { #expect(desk.tell(text) == []) }
        #expect(desk.begin(1) == [])
        #expect(desk.collect(events: false) == ["a"])
        #expect(desk.begin(2, events: true) == ["2 + b", "2 + c"])
        #expect(desk.collect(events: true) == [])
    }

    @Test("a question ends an exchange, and whoever replies gets the answer that it displaced")
    func pingPong() {
        var desk = Desk()
        _ = desk.begin(1)
        #expect(desk.ask(100, "?") == ["1 = ?"])
        #expect(desk.state.isBusy)
        #expect(desk.reply(100, on: 2) == ["in place"])
        #expect(desk.answer(1, "a") == ["2 = a"])
        #expect(!desk.state.isBusy)
    }

    @Test(
        "two questions are out at once, and each reply brings the answer that its question displaced"
    )
    func twoQuestions() {
        var desk = Desk()
        _ = desk.begin(1)
        _ = desk.begin(2)
        #expect(desk.ask(100, "?") == ["2 = ?"])
        #expect(desk.ask(101, "??") == ["1 = ??"])
        #expect(desk.reply(100, on: 3) == ["in place"])
        #expect(desk.reply(101, on: 4) == ["in place"])
        #expect(desk.answer(1, "a") == ["4 = a"])
        #expect(desk.answer(2, "b") == ["3 = b"])
    }

    @Test("a client that replies to one question after another is never made to wait for the next")
    func serialReplies() {
        var desk = Desk()
        _ = desk.begin(1)
        _ = desk.begin(2)
        // Asked for the first request, it ended the exchange of the second; and the other way round.
        #expect(desk.ask(100, "of 1") == ["2 = of 1"])
        #expect(desk.ask(101, "of 2") == ["1 = of 2"])
        #expect(desk.reply(100, on: 3) == ["in place"])
        #expect(desk.answer(1, "a") == ["3 = a"])
        #expect(desk.reply(101, on: 4) == ["in place"])
        #expect(desk.answer(2, "b") == ["4 = b"])
        #expect(!desk.state.isBusy)
    }

    @Test("one request may ask again and again")
    func severalRounds() {
        var desk = Desk()
        _ = desk.begin(1)
        for round in 0..<3 {
            #expect(desk.ask(100 + round, "?") == ["\(round + 1) = ?"])
            #expect(desk.reply(100 + round, on: round + 2) == ["in place"])
        }
        #expect(desk.answer(1, "a") == ["4 = a"])
    }

    @Test("an answer that comes before the reply waits for it")
    func early() {
        var desk = Desk()
        _ = desk.begin(1)
        _ = desk.ask(100, "?")
        #expect(desk.answer(1, "a") == [])
        #expect(desk.reply(100, on: 2) == ["in place", "2 = a"])
        #expect(!desk.state.isBusy)
    }

    @Test("a question that nobody could be asked is asked over the next exchange")
    func queued() {
        var desk = Desk()
        #expect(desk.ask(100, "?") == [])
        #expect(desk.tell("log") == [])
        #expect(desk.begin(1) == ["1 = ?"])
        #expect(desk.reply(100, on: 2, events: true) == ["in place", "2 + log"])
        #expect(desk.answer(1, "a") == ["2 = a"])
    }

    @Test("events that wait stop at a question, which ends their stream")
    func collectStops() {
        var desk = Desk()
        _ = desk.tell("a")
        _ = desk.ask(100, "?")
        _ = desk.tell("b")
        #expect(desk.collect(events: true) == ["a", "?"])
        #expect(desk.reply(100, on: 1) == ["taken"])
        #expect(desk.collect(events: true) == ["b"])
    }

    @Test("with a client that replies while its streams are open, a question ends none")
    func duplex() {
        var desk = Desk(isDuplex: true)
        _ = desk.begin(1, events: true)
        #expect(desk.ask(100, "?") == ["1 + ?"])
        #expect(desk.reply(100, on: 2) == ["taken"])
        #expect(desk.reply(100, on: 3) == ["unknown"])
        #expect(desk.answer(1, "a") == ["1 = a"])
        _ = desk.begin(4)
        #expect(desk.ask(101, "??") == ["4 = ??"])
    }

    @Test("a question that is withdrawn before it is asked is never asked")
    func withdrawnEarly() {
        var desk = Desk()
        _ = desk.ask(100, "?")
        #expect(desk.withdraw(100) == [])
        #expect(desk.begin(1, events: true) == [])
        #expect(desk.reply(100, on: 2) == ["unknown"])
    }

    @Test("a question that is withdrawn still leads its client to the answer")
    func withdrawnLate() {
        var desk = Desk()
        _ = desk.begin(1)
        _ = desk.ask(100, "?")
        _ = desk.begin(2, events: true)
        #expect(desk.withdraw(100) == ["2 + never mind 100"])
        #expect(desk.withdraw(100) == [])
        #expect(desk.reply(100, on: 3) == ["in place"])
        #expect(desk.answer(1, "a") == ["3 = a"])
        #expect(desk.answer(2, "b") == ["2 = b"])
        #expect(!desk.state.isBusy)
    }

    @Test("answers whose clients never come back for them are bounded, and reach whoever comes")
    func forgotten() {
        var desk = Desk()
        let count = Correspondence.mostWithdrawn + 5
        for number in 1...count {
            _ = desk.begin(number)
            _ = desk.ask(1000 + number, "?")
            _ = desk.answer(number, "a\(number)")
            _ = desk.withdraw(1000 + number)
        }
        #expect(desk.state.errands.count == Correspondence.mostWithdrawn)
        let waiting = desk.collect(events: true).filter { $0.hasPrefix("a") }
        #expect(waiting == ["a1", "a2", "a3", "a4", "a5"])
    }

    @Test("what waits is bounded in number and in bytes, and the oldest make room")
    func bounds() {
        var desk = Desk()
        for number in 0..<Correspondence.most + 10 { _ = desk.tell("\(number)") }
        #expect(desk.state.dropped == 10)
        #expect(desk.collect(events: true).first == "10")
        let large = [UInt8](repeating: 0x61, count: Correspondence.mostBytes / 2)
        for _ in 0..<3 { _ = desk.state.tell(large) }
        #expect(desk.state.queue.count == 2)
        #expect(desk.state.queued == 2 * large.count)
    }

    @Test("a client that goes away gives up its request; what it was asked instead does not end it")
    func left() {
        var desk = Desk()
        _ = desk.begin(1)
        #expect(desk.words(desk.state.leave(1)) == ["cancel 1"])
        #expect(desk.answer(1, "a") == [])
        _ = desk.begin(2)
        _ = desk.ask(100, "?")
        #expect(desk.words(desk.state.leave(2)) == [])
        #expect(desk.reply(100, on: 3) == ["in place"])
        #expect(desk.words(desk.state.leave(3)) == ["cancel 2"])
        #expect(!desk.state.isBusy)
    }

    @Test("a cancellation ends the one request that it can mean, and none if that cannot be told")
    func cancelled() {
        func cancel(_ desk: inout Desk, _ id: String) -> [String]? {
            desk.state.cancel(id: Desk.bytes(id)[...], saying: Desk.bytes("no")).map {
                desk.words($0.effects)
            }
        }
        var desk = Desk()
        _ = desk.begin(1, id: "7")
        _ = desk.begin(2, id: "8")
        _ = desk.begin(3, id: "8")
        #expect(cancel(&desk, "8") == nil)
        #expect(cancel(&desk, "9") == nil)
        #expect(cancel(&desk, "7") == ["cancel 1", "1 = no"])
        #expect(cancel(&desk, "7") == nil)
        _ = desk.answer(3, "a")
        _ = desk.ask(100, "?")
        #expect(cancel(&desk, "8") == ["cancel 2"])
        #expect(desk.reply(100, on: 4) == ["taken"])
    }

    @Test("at the end every exchange is told so under its request's id")
    func end() {
        var desk = Desk()
        _ = desk.begin(1, id: "7")
        _ = desk.begin(2, id: "8", events: true)
        let effects = desk.state.end { $0 }
        #expect(desk.words(effects) == ["cancel 1", "1 = 7", "cancel 2", "2 = 8"])
        #expect(!desk.state.isBusy)
    }

    @Test("the time of the last update moves only with the state", arguments: [true, false])
    func health(isOwn: Bool) {
        var health = Health(since: 1)
        health.become(.healthy) { 2 }
        #expect(health.since == 1)
        health.become(.busy) { 3 }
        health.become(.busy) { 4 }
        let (status, body) = health.report(isOwn ? .own : .agentcoreServer)
        #expect(status == .ok)
        let text = String(decoding: body, as: UTF8.self)
        #expect(
            text
                == (isOwn
                    ? #"{"status":"HealthyBusy","time_of_last_update":3}"# : #"{"status":"ok"}"#))
        health.become(.unhealthy) { 5 }
        #expect(health.report(isOwn ? .own : .agentcoreServer).status == .serviceUnavailable)
        #expect(health.since == 5)
    }
}
