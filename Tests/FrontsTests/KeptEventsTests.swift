import Aggregator
import TestSupport
import Testing

@testable import Fronts

@Suite struct KeptEventsTests {
    private func say(_ count: Int, on stream: EventStream) {
        stream.write { $0 += Array(repeating: UInt8(ascii: "x"), count: count) }
    }

    @Test("over the bound of all streams, those that were silent for longest make room")
    func room() {
        let kept = KeptEvents(most: 4000)
        let time = ManualTime()
        let streams = (0..<3).map { EventStream(number: $0, time, kept) }
        // The oldest by number is not the one that was silent for longest.
        for stream in [streams[1], streams[0], streams[2]] {
            say(1400, on: stream)
            time.set(time.now + .seconds(1))
        }
        #expect(streams.map { $0.size > 0 } == [true, false, true])
        #expect(kept.size == streams.map(\.size).reduce(0, +))
        // It goes on, and what it says from now on is kept again.
        say(10, on: streams[1])
        #expect(streams[1].size > 0)
    }

    @Test("a stream that is gone takes up no room")
    func gone() {
        let kept = KeptEvents(most: 4000)
        let time = ManualTime()
        let stays = EventStream(number: 0, time, kept)
        say(1000, on: stays)
        for number in 1...10 { say(2000, on: EventStream(number: number, time, kept)) }
        #expect(stays.size > 1000 && kept.size == stays.size)
    }
}
