import Testing
import Wire

@Suite struct Base64Tests {
    @Test(
        "bytes become the text of RFC 4648, section 10, and come back",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
        ])
    func vectors(text: String, encoded: String) {
        let bytes = Array(text.utf8)
        #expect(Base64.encode(bytes) == encoded)
        #expect(Base64.encodeForURL(bytes) == encoded.filter { $0 != "=" })
        #expect(Base64.decode(Array(encoded.utf8)) == bytes)
        #expect(Base64.decodeForURL(encoded.filter { $0 != "=" }) == bytes)
    }

    @Test("each alphabet has its own last two characters, and one spelling for URLs")
    func alphabets() {
        #expect(Base64.encode([251, 255]) == "+/8=")
        #expect(Base64.encodeForURL([251, 255]) == "-_8")
        #expect(Base64.decode(Array("-_8".utf8)) == [251, 255])
        #expect(Base64.decode(Array("a b".utf8)) == nil)
        #expect(Base64.count(Array("AAECAw==".utf8)[...]) == 4)
        for other in ["+/8", "-_8=", "-_9", "Zg=", "Z", "Zh"] {
            #expect(Base64.decodeForURL(other) == nil)
        }
    }
}
