import Testing

@testable import Machine

@Suite struct SystemTests {
    @Test(
        "SHA-256 gives the standard's digests",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ])
    func digest(text: String, expected: String) {
        let digits = Array("0123456789abcdef")
        let digest = Digest.sha256(Array(text.utf8))
        let written = digest.map { "\(digits[Int($0 >> 4)])\(digits[Int($0 & 15)])" }.joined()
        #expect(written == expected)
    }

    @Test("random bytes have the length that was asked for, and do not repeat")
    func randomness() {
        for count in [0, 1, 7, 8, 9, 32] { #expect(Randomness.bytes(count).count == count) }
        let all = Set((0..<1000).map { _ in Randomness.bytes(16) })
        #expect(all.count == 1000)
    }

    @Test("the last of two variables with one name counts")
    func environment() {
        let environment = Environment([("A", "1"), ("B", ""), ("A", "2")])
        #expect(environment["A"] == "2")
        #expect(environment["B"] == "")
        #expect(environment["C"] == nil)
        #expect(Environment.current()["PATH"] != nil)
        #expect(Environment.currentDirectory?.hasPrefix("/") == true)
        #expect(Environment.executablePath?.hasPrefix("/") == true)
        #expect(Environment.processId > 1)
    }

    @Test("work off the loop returns, throws its own failure, and waits for a thread")
    func offLoop() async throws {
        let place = OffLoop(threads: 2)
        #expect(await place.run { 5 } == 5)
        let failure = MachineFailure(.missing, "Nothing there.")
        await #expect(throws: failure) {
            try await place.run { () throws(MachineFailure) -> Int in throw failure }
        }
        let sum = await withTaskGroup(of: Int.self) { group in
            for number in 1...200 { group.addTask { await place.run { number } } }
            return await group.reduce(0, +)
        }
        #expect(sum == 20_100)
    }
}
