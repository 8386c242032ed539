import Machine
import Testing

@Suite struct DeterministicCipherTests {
    private static func cipher(
        _ digit: Character = "1", purpose: String = "p"
    ) throws -> DeterministicCipher {
        DeterministicCipher(
            try SealKey(String(repeating: digit, count: 64)), purpose: purpose)
    }

    @Test(
        "what is sealed is the same each time, and opens again", arguments: [1, 15, 16, 17, 5000])
    func same(count: Int) throws {
        let plain = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let sealed = try Self.cipher().seal(plain, associated: [1])
        #expect(try Self.cipher().seal(plain, associated: [1]) == sealed)
        #expect(sealed.count == count + 16)
        #expect(try Self.cipher().open(sealed, associated: [1]) == plain)
    }

    @Test("another key, purpose or owner seals to other bytes, and opens nothing")
    func others() throws {
        let sealed = try Self.cipher().seal([1, 2, 3], associated: [1])
        for (other, owner) in [
            (try Self.cipher("2"), [UInt8(1)]), (try Self.cipher(purpose: "q"), [1]),
            (try Self.cipher(), [2]),
        ] {
            #expect(other.seal([1, 2, 3], associated: owner) != sealed)
            #expect(other.open(sealed, associated: owner) == nil)
        }
    }

    @Test("no byte of it can be changed, and none left out")
    func tampering() throws {
        let cipher = try Self.cipher()
        let sealed = cipher.seal(Array("secret".utf8), associated: [1])
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(cipher.open(changed, associated: [1]) == nil)
            #expect(cipher.open(Array(sealed.prefix(index)), associated: [1]) == nil)
        }
    }
}
