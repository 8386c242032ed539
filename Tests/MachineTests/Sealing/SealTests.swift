import Synchronization
import Testing
import Wire

@testable import Machine

@Suite struct SealTests {
    /// A clock that tests set.
    private final class Time: Sendable {
        let value = Mutex(Duration.seconds(1_000_000))
        var now: @Sendable () -> Duration { { self.value.withLock { $0 } } }
    }

    private let time = Time()

    private func seal(_ keys: [SealKey] = [.random()]) -> Seal { Seal(keys, now: time.now) }

    private func token(_ seal: Seal, _ record: [UInt8] = [1, 2, 3]) -> String {
        seal.seal(record, purpose: "session", principal: "ann", expires: .seconds(1_000_060))
    }

    private func open(_ seal: Seal, _ token: String) -> [UInt8]? {
        seal.open(token, purpose: "session", principal: "ann")
    }

    @Test("every record comes back, in a token of visible ASCII that is never the same")
    func roundTrip() {
        let seal = seal()
        for count in [0, 1, 2, 3, 15, 16, 17, 100, 70_000] {
            let record = Randomness.bytes(count)
            let tokens = [token(seal, record), token(seal, record)]
            #expect(tokens[0] != tokens[1])
            for token in tokens {
                #expect(token.hasPrefix("m1."))
                #expect(token.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
                #expect(open(seal, token) == record)
            }
        }
    }

    @Test("a token with any character changed, added or missing is refused")
    func tampering() {
        let seal = seal()
        let token = Array(token(seal).utf8)
        for index in token.indices {
            for change: (UInt8) -> UInt8 in [{ $0 ^ 1 }, { $0 ^ 0x20 }, { _ in UInt8(ascii: "A") }]
            {
                var other = token
                other[index] = change(token[index])
                guard other != token else { continue }
                #expect(open(seal, String(decoding: other, as: UTF8.self)) == nil)
            }
            #expect(open(seal, String(decoding: token[..<index], as: UTF8.self)) == nil)
        }
        let text = String(decoding: token, as: UTF8.self)
        for other in ["", "m1.", "m2." + text.dropFirst(3), text + "A", text + "=", text + "\n"] {
            #expect(open(seal, other) == nil)
        }
    }

    @Test("another purpose or principal is refused, also when both together read the same")
    func binding() {
        let seal = seal()
        let token = token(seal)
        for (purpose, principal) in [
            ("session", "bob"), ("state", "ann"), ("sessiona", "nn"), ("sessio", "nann"), ("", ""),
        ] {
            #expect(seal.open(token, purpose: purpose, principal: principal) == nil)
        }
        #expect(open(seal, token) != nil)
    }

    @Test("a token is good until its moment, and not from then on")
    func expiry() {
        let seal = seal()
        let token = token(seal)
        time.value.withLock { $0 = .milliseconds(1_000_059_999) }
        #expect(open(seal, token) != nil)
        time.value.withLock { $0 = .milliseconds(1_000_060_000) }
        #expect(open(seal, token) == nil)
        let never = seal.seal([], purpose: "p", principal: "q", expires: .seconds(Int64.max / 2))
        #expect(seal.open(never, purpose: "p", principal: "q") == [])
    }

    @Test("a key that was replaced still opens; one that was removed, or is another's, does not")
    func rotation() throws {
        let (old, new) = (SealKey.random(), SealKey.random())
        let before = token(seal([old]))
        #expect(open(seal([new, old]), before) != nil)
        #expect(open(seal([new]), before) == nil)
        let after = token(seal([new, old]))
        #expect(open(seal([new]), after) != nil)
        #expect(open(seal([old]), after) == nil)
    }

    @Test("replicas with the same key open each other's tokens, in whatever form it is given")
    func texts() throws {
        let bytes = Randomness.bytes(32)
        let hexadecimal = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let forms = [
            hexadecimal, hexadecimal.uppercased(), Base64.encode(bytes), Base64.encodeForURL(bytes),
            Base64.encode(bytes) + "\n",
        ]
        let token = token(seal([try SealKey(hexadecimal)]))
        for form in forms { #expect(open(seal([try SealKey(form)]), token) == [1, 2, 3]) }
        for wrong in ["", "secret", Base64.encode(Array(bytes.dropLast())), hexadecimal + "00"] {
            let failure = #expect(throws: MachineFailure.self) { try SealKey(wrong) }
            #expect(failure?.code == .unusable)
            #expect(wrong.isEmpty || failure?.message.contains(wrong) == false)
        }
    }
}
