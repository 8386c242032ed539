import Testing

@testable import Machine

@Suite struct ES256Tests {
    /// Made for this test.
    private static let key = """
        -----BEGIN EC PRIVATE KEY-----
        MHcCAQEEIJQYF9sxiuw2QrNDDFhbeIgT43cjNnz/fJ2lXimDfz9VoAoGCCqGSM49
        AwEHoUQDQgAEN3LiPZxTMuD4fWebrTWeiZXy0zouJaRwLE/Ce6HDtkYpYOUdhpiF
        qRDjY56VBM3P1u6ZkcVzwQmTYYdddSlRUQ==
        -----END EC PRIVATE KEY-----
        """

    private static let otherCurve = """
        -----BEGIN EC PRIVATE KEY-----
        MIGkAgEBBDB9Yc3NOXGbHcbWMD6hM8SN4AhSiL7CK29kET6d1cDNEQlKL8XRK5A4
        JTI/f1fhIzGgBwYFK4EEACKhZANiAARCPqJFJX7TC+qnxjMR5/pTupXLvSIaKlMZ
        tUTphOIyEmd/00N7BzCb0kTDyE4+UzcDnDXOwm4VJcvnSAQZNRpYaETX7hNzOgzQ
        EdleJgFcxMS+CMvM5MKmJAEWotyPX2U=
        -----END EC PRIVATE KEY-----
        """

    @Test("a key is read from PEM, and its point belongs to it")
    func reading() throws {
        let key = try #require(ES256(pem: Self.key))
        #expect(
            Digest.hexadecimal(key.publicKey.x)
                == "3772e23d9c5332e0f87d679bad359e8995f2d33a2e25a4702c4fc27ba1c3b646")
        #expect(
            Digest.hexadecimal(key.publicKey.y)
                == "2960e51d869885a910e3639e9504cdcfd6ee9991c573c1099361875d75295151")
    }

    @Test("signatures have 64 bytes and differ, however small their numbers are")
    func signing() throws {
        let key = try #require(ES256(pem: Self.key))
        let signatures = (0..<300).map { key.sign([UInt8(truncatingIfNeeded: $0)]) }
        #expect(signatures.allSatisfy { $0.count == 64 })
        #expect(Set(signatures).count == 300)
    }

    @Test("what is no key of this curve is none", arguments: ["", "x", otherCurve])
    func refusing(text: String) {
        #expect(ES256(pem: text) == nil)
        #expect(ES256(pem: String(Self.key.dropLast(40))) == nil)
    }

    @Test("digests that others chose names by are those of the standard")
    func digests() {
        #expect(Digest.sha1Text(Array("abc".utf8)) == "a9993e364706816aba3e25717850c26c9cd0d89d")
    }
}
