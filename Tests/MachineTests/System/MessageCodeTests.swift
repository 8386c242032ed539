import Testing

@testable import Machine

@Suite struct MessageCodeTests {
    /// Of RFC 4231, sections 4.2 to 4.8, without the truncated one.
    @Test(
        "HMAC-SHA256 gives the standard's codes",
        arguments: [
            (
                [UInt8](repeating: 0x0b, count: 20), Array("Hi There".utf8),
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
            ),
            (
                Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ),
            (
                [UInt8](repeating: 0xaa, count: 20), [UInt8](repeating: 0xdd, count: 50),
                "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
            ),
            (
                Array(1...25), [UInt8](repeating: 0xcd, count: 50),
                "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
            ),
            (
                [UInt8](repeating: 0xaa, count: 131),
                Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
            ),
            (
                [UInt8](repeating: 0xaa, count: 131),
                Array(
                    ("This is a test using a larger than block-size key and a larger than "
                        + "block-size data. The key needs to be hashed before being used by the "
                        + "HMAC algorithm.").utf8),
                "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
            ),
        ])
    func codes(key: [UInt8], message: [UInt8], expected: String) {
        #expect(Digest.hexadecimal(Digest.hmac(key: key, message)) == expected)
    }

    @Test("a digest of pieces is that of the whole, and a copy of it goes its own way")
    func pieces() {
        let text = Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8)
        let expected = "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        for cut in 0...text.count {
            let beginning = SHA256(Array(text[..<cut]))
            var whole = beginning
            var other = beginning
            other.add(Array("x".utf8))
            whole.add(Array(text[cut...]))
            #expect(Digest.hexadecimal(whole.digest) == expected)
            #expect(whole.digest == Digest.sha256(text))
            #expect(other.digest == Digest.sha256(text[..<cut] + Array("x".utf8)))
        }
    }

    @Test("a key makes one code after the other")
    func codesOfOneKey() {
        let key = HMACKey(Array("Jefe".utf8))
        let first = key.code(of: Array("another".utf8))
        #expect(
            Digest.hexadecimal(key.code(of: Array("what do ya want for nothing?".utf8)))
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        #expect(key.code(of: Array("another".utf8)) == first)
    }
}
