import Machine
import Testing

@Suite("Keys that sign tokens")
struct RSAKeyTests {
    private let text = Array("header.claims".utf8)

    @Test("a signature is that key's, over those bytes, and no other")
    func signs() {
        let key = RSAKey.make()
        let signature = key.sign(text)
        #expect(signature.count == 256)
        #expect(key.isSignature(signature, of: text))
        #expect(!key.isSignature(signature, of: text + [0]))
        #expect(!key.isSignature(Array(signature.dropLast()), of: text))
        #expect(!key.isSignature([], of: text))
        #expect(!RSAKey.make().isSignature(signature, of: text))
    }

    @Test("the public half is a modulus of 2048 bits and the usual exponent")
    func shows() {
        let key = RSAKey.make()
        #expect(key.modulus.count == 256 && key.modulus[0] >= 0x80)
        #expect(key.exponent == [1, 0, 1])
    }
}
