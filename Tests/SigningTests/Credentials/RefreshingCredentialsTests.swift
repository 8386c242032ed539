import Aggregator
import Synchronization
import TestSupport
import Testing

@testable import Signing

@Suite struct RefreshingCredentialsTests {
    /// A source of credentials that a test holds up, fails and counts.
    private final class Well: Sendable {
        let loop = Loop()
        let now = Mutex<Int64>(1000)
        let life = Mutex<Int64?>(3600)
        let failure = Mutex<Failure?>(nil)
        let count = Mutex(0)
        let held = Mutex<Latch?>(nil)

        func make() -> RefreshingCredentials {
            RefreshingCredentials(clock: AWSClock { [self] in now.withLock { $0 } }) {
                [self] () async throws(Failure) in
                let number = count.withLock { count in
                    count += 1
                    return count
                }
                await held.withLock { $0 }?.wait()
                if Task.isCancelled { throw Failure(.cancelled, "The request was cancelled.") }
                if let failure = failure.withLock({ $0 }) { throw failure }
                let expires = life.withLock { $0 }.map { life in now.withLock { $0 } + life }
                return AWSCredentials(
                    accessKeyId: "K\(number)", secretAccessKey: "s", expires: expires,
                    source: "a test")
            }
        }

        func start(_ credentials: RefreshingCredentials) -> TokenServer.Outcome<String> {
            let outcome = TokenServer.Outcome<String>()
            let task = loop.start {
                do throws(Failure) {
                    outcome.set(try await credentials.credentials().accessKeyId)
                } catch {
                    outcome.set(error.message)
                }
            }
            outcome.task.withLock { $0 = task }
            loop.run()
            return outcome
        }

        func get(_ credentials: RefreshingCredentials) -> String? { start(credentials).value }

        func refuse(_ id: String, _ credentials: RefreshingCredentials) -> Bool? {
            let outcome = TokenServer.Outcome<Bool>()
            let expires = life.withLock { $0 }.map { life in now.withLock { $0 } + life }
            _ = loop.start {
                outcome.set(
                    await credentials.refused(
                        AWSCredentials(
                            accessKeyId: id, secretAccessKey: "s", expires: expires,
                            source: "a test")))
            }
            loop.run()
            return outcome.value
        }

        func pass(_ seconds: Int64) { now.withLock { $0 += seconds } }
        func fail(_ text: String?) {
            failure.withLock { $0 = text.map { Failure(.unavailable, $0) } }
        }

        func hold() -> Latch {
            let latch = Latch()
            held.withLock { $0 = latch }
            return latch
        }
    }

    private let well = Well()

    @Test("credentials are fetched once, and again a quarter of an hour before they expire")
    func early() {
        let credentials = well.make()
        #expect(well.get(credentials) == "K1")
        well.pass(3600 - 15 * 60 - 1)
        #expect(well.get(credentials) == "K1")
        well.pass(1)
        #expect(well.get(credentials) == "K2")
    }

    @Test("while one fetches early the others go on, and wait when little time is left")
    func waiting() {
        let credentials = well.make()
        #expect(well.get(credentials) == "K1")
        let door = well.hold()
        well.pass(3600 - 12 * 60)
        let first = well.start(credentials)
        #expect(first.value == nil)
        #expect(well.get(credentials) == "K1")
        well.pass(3 * 60)
        let second = well.start(credentials)
        #expect(second.value == nil)
        door.open()
        well.loop.run()
        #expect(first.value == "K2" && second.value == "K2")
        #expect(well.count.withLock { $0 } == 2)
    }

    @Test("a failure is for nobody as long as the old ones are valid, and is not repeated at once")
    func surviving() {
        let credentials = well.make()
        #expect(well.get(credentials) == "K1")
        well.pass(3600 - 60)
        well.fail("no")
        #expect(well.get(credentials) == "K1")
        #expect(well.get(credentials) == "K1")
        #expect(well.count.withLock { $0 } == 2)
        well.pass(10)
        #expect(well.get(credentials) == "K1")
        #expect(well.count.withLock { $0 } == 3)
        well.pass(51)
        #expect(well.get(credentials) == "no")
        well.fail(nil)
        #expect(well.get(credentials) == "K5")
    }

    @Test("many who need them fetch once; one who is cancelled takes nothing from the others")
    func together() {
        let credentials = well.make()
        let door = well.hold()
        let waiting = (0..<20).map { _ in well.start(credentials) }
        #expect(well.count.withLock { $0 } == 1)
        waiting[0].cancel()
        well.loop.run()
        #expect(waiting[0].value == "The request was cancelled.")
        door.open()
        well.loop.run()
        for outcome in waiting.dropFirst() { #expect(outcome.value == "K2") }
    }

    @Test("credentials that live shorter than a quarter of an hour are not fetched for every use")
    func short() {
        well.life.withLock { $0 = 300 }
        let credentials = well.make()
        #expect(well.get(credentials) == "K1")
        well.pass(59)
        #expect(well.get(credentials) == "K1")
        well.pass(1)
        #expect(well.get(credentials) == "K2")
    }

    @Test("what comes expired is a failure")
    func expired() {
        well.life.withLock { $0 = 0 }
        #expect(well.get(well.make())?.contains("those from a test expired at") == true)
    }

    @Test("what does not expire is fetched once")
    func lasting() {
        well.life.withLock { $0 = nil }
        let credentials = well.make()
        #expect(well.get(credentials) == "K1")
        well.pass(1 << 40)
        #expect(well.get(credentials) == "K1")
    }

    @Test("refused ones are fetched anew, once")
    func refused() {
        let credentials = well.make()
        #expect(well.get(credentials) == "K1")
        #expect(well.refuse("K1", credentials) == true)
        #expect(well.get(credentials) == "K2")
        // An older one was replaced already; the new ones are refused as well: it is not them.
        #expect(well.refuse("K1", credentials) == true)
        #expect(well.refuse("K2", credentials) == false)
        #expect(well.count.withLock { $0 } == 2)
        well.pass(60)
        well.fail("no")
        #expect(well.get(credentials) == "K2")
    }
}
