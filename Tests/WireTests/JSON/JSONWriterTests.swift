import Testing
import Wire

@Suite("JSONWriter")
struct JSONWriterTests {
    @Test("commas are where they belong")
    func commas() throws {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("a")
        writer.beginArray()
        writer.integer(-1)
        writer.bool(true)
        writer.null()
        writer.beginObject()
        writer.endObject()
        writer.string("x")
        writer.raw(utf8("1.0"))
        writer.value(try Value(validating: utf8("[ 1 , 2 ]")))
        writer.endArray()
        writer.key("b")
        writer.integer(UInt64.max)
        writer.endObject()
        let expected = #"{"a":[-1,true,null,{},"x",1.0,[1,2]],"b":18446744073709551615}"#
        #expect(text(writer.bytes) == expected)
    }

    @Test("every character survives quoting, and quoted text has no control characters")
    func quoting() throws {
        for scalar in (0...0x3000).compactMap(Unicode.Scalar.init) {
            let original = "a" + String(Character(scalar)) + "b"
            let quoted = JSONWriter.quoted(original)
            #expect(
                try Value(validating: quoted).string?.unicodeScalars.elementsEqual(
                    original.unicodeScalars) == true)
            #expect(!quoted.contains { $0 < 0x20 })
        }
        #expect(
            text(JSONWriter.quoted("\u{2028}/é\u{7F}\u{1}\n")) == "\"\u{2028}/é\u{7F}\\u0001\\n\"")
    }

    @Test("what must be escaped is, wherever it stands, and nothing else")
    func quotingAnywhere() throws {
        for special in ["\"", "\\", "\n", "\u{0}", "\u{1F}", "\u{7F}", "\u{80}", "é", "\u{10FFFF}"]
        {
            for length in 0...20 {
                for place in 0...length {
                    // Outside ASCII before it and behind it: two bytes each.
                    let filler = place.isMultiple(of: 2) ? ("a", "\u{FF}") : ("\u{FF}", "a")
                    let (before, after) = (
                        String(repeating: filler.0, count: place),
                        String(repeating: filler.1, count: length - place)
                    )
                    let one = JSONWriter.quoted(special).dropFirst().dropLast()
                    let expected = utf8("\"" + before) + one + utf8(after + "\"")
                    #expect(JSONWriter.quoted(before + special + after) == expected)
                }
            }
            #expect(try Value(validating: JSONWriter.quoted(special)).string == special)
        }
    }

    @Test("integers of every width are written in decimal")
    func decimals() {
        var bytes: [UInt8] = []
        for number in [Int64.min, -10, -1, 0, 9, 10, 99_999_999, 100_000_000, .max] {
            bytes.removeAll()
            appendDecimal(number, to: &bytes)
            #expect(text(bytes) == String(number))
        }
        bytes.removeAll()
        appendDecimal(Int8.min, to: &bytes)
        appendDecimal(UInt64.max, to: &bytes)
        #expect(text(bytes) == "-12818446744073709551615")
    }
}
