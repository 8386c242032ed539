import Fuzz

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Feeds mutated lines to the oracles: `mutate [LINES [SEED]]`, a million from seed 1 by default.
///
/// Every fifth line also goes through a whole session, and with each line come a stream of requests
/// and one of events. Exits with 1 at the first input that breaks anything, and shows it.
@main
enum Mutate {
    private static let lines = 1_000_000
    private static let perSession = 5

    static func main() {
        let numbers = CommandLine.arguments.dropFirst().compactMap { UInt64($0) }
        let count = numbers.first.map(Int.init) ?? lines
        let seed = numbers.dropFirst().first ?? 1
        var mutator = Mutator(seed: seed)
        var lineOracle = LineOracle(seed: seed)
        let sessionOracle = SessionOracle()
        var streams = Streams(seed: seed)
        for index in 0..<count {
            let line = mutator.next()
            do throws(Broken) {
                try lineOracle.check(line)
                if index % perSession == 0 { try sessionOracle.check(line) }
                try streams.check()
            } catch {
                print("Line \(index) of seed \(seed): \(error)")
                exit(1)
            }
        }
        print("\(count) lines from seed \(seed): nothing broke.")
    }
}

/// The streams of HTTP that come with each line.
private struct Streams {
    private var requests: Mutator
    private var events: Mutator
    private var requestOracle: RequestOracle
    private var eventOracle: EventOracle

    init(seed: UInt64) {
        requests = Mutator(seed: seed, .requests)
        events = Mutator(seed: seed, .events)
        requestOracle = RequestOracle(seed: seed)
        eventOracle = EventOracle(seed: seed)
    }

    mutating func check() throws(Broken) {
        try requestOracle.check(requests.next())
        try eventOracle.check(events.next())
    }
}
