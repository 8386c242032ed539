#if DEBUG && os(Linux)
import Aggregator
import Plugins
import Sandbox
import Testing

@Suite(.serialized, .timeLimit(.minutes(10))) struct TrespassTests {
    @Test(
        "a worker that tries more than to compute is ended by the system",
        arguments: Trespass.allCases)
    func ended(_ trespass: Trespass) throws {
        try withPool([Program(".")]) { pool in
            let failure = await #expect(throws: Failure.self) {
                try await pool.evaluate(question(trespass.rawValue, "1"))
            }
            #expect(failure?.message.contains("ended by the system") == true)
            let found1 = try await pool.evaluate(question(0, "1"))
            #expect(found1 == .unchanged)
            #expect(pool.isConfined)
        }
    }
}
#endif
