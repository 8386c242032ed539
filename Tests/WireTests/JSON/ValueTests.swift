import Testing
import Wire

@Suite("Value")
struct ValueTests {
    private func value(_ text: String) throws -> Value { try Value(validating: utf8(text)) }

    @Test("the first member with a key is found, compared unescaped")
    func members() throws {
        let object = try value(
            #" { "a\u0062" : [ 1 , "x,]" , {"k":"}"} ] , "c" : {"ab":1} , "ab" : 2 , "" : 3 } "#)
        #expect(text(try #require(object["ab"]).raw) == #"[ 1 , "x,]" , {"k":"}"} ]"#)
        #expect(object["c"]?["ab"]?.integer == 1)
        #expect(object[""]?.integer == 3)
        #expect(object["a"] == nil && object["abc"] == nil)
        #expect(object.members.map(\.key.string) == ["ab", "c", "ab", ""])
        #expect(object["ab"]?.elements.map { text($0.raw) } == ["1", #""x,]""#, #"{"k":"}"}"#])
    }

    @Test("values that have no parts have none")
    func scalars() throws {
        for text in ["1", "\"a\"", "true", "null", "{}", "[]", "[ ]", "{ }"] {
            let value = try value(text)
            #expect(value.members.map(\.key.kind).isEmpty)
            #expect(value.elements.map(\.kind).isEmpty)
            #expect(value["a"] == nil)
        }
    }

    @Test(
        "strings are unescaped; half a surrogate pair becomes U+FFFD",
        arguments: [
            (#""""#, ""), (#""abc""#, "abc"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
            (#""\u00e9\u20AC\ud83d\ude00""#, "é€😀"), (#""\ud800""#, "\u{FFFD}"),
            (#""\ud800\ud800\udc00x""#, "\u{FFFD}\u{10000}x"),
            (#""\udc00\ud800""#, "\u{FFFD}\u{FFFD}"),
            (#""\ud800\n""#, "\u{FFFD}\n"), (#""é\u0000é""#, "é\0é"),
            (#""\ud800\u0041""#, "\u{FFFD}A"),
            (
                #""twelve bytes and more \\ here and here \\""#,
                #"twelve bytes and more \ here and here \"#
            ),
        ])
    func strings(json: String, expected: String) throws {
        let value = try value(json)
        #expect(value.string == expected)
        #expect(value.text == utf8(expected))
        #expect(value.isText(expected))
        #expect(!value.isText(expected + "x"))
        #expect(expected.isEmpty || !value.isText(""))
    }

    @Test(
        "a text is equal or not, wherever it differs",
        arguments: [1, 2, 7, 8, 9, 15, 16, 17, 31, 40])
    func comparison(count: Int) throws {
        let letters = String(repeating: "abcdefghij", count: 4).prefix(count)
        let text = String(letters)
        #expect(try value("\"\(text)\"").isText(text))
        #expect(try value("{\"\(text)\":1}")[text]?.integer == 1)
        for place in 0..<count {
            var other = Array(text.utf8)
            other[place] = UInt8(ascii: "X")
            let different = String(decoding: other, as: UTF8.self)
            #expect(try !value("\"\(text)\"").isText(different))
            #expect(try value("{\"\(text)\":1}")[different] == nil)
        }
        // The same bytes, but escapes in one of them.
        let escapes = String(repeating: #"\\"#, count: count)
        #expect(try !value("\"\(escapes)\"").isText(escapes))
        #expect(try value("\"\(escapes)\"").isText(String(repeating: #"\"#, count: count)))
        #expect(try value(#"{"\u0061bc":1,"abc":2}"#)["abc"]?.integer == 1)
    }

    @Test(
        "integers are exact or nil",
        arguments: [
            ("0", 0), ("-0", 0), ("42", 42), ("-9223372036854775808", Int.min),
            ("9223372036854775807", Int.max), ("9223372036854775808", nil), ("1.0", 1),
            ("1.5", nil),
            ("1e3", nil), ("-2.00", -2), ("1E400", nil), ("\"1\"", nil), ("null", nil),
        ])
    func integers(json: String, expected: Int?) throws {
        #expect(try value(json).integer == expected)
    }

    @Test("kinds, truth values and numbers are read")
    func kinds() throws {
        #expect(try value(" true ").bool == true)
        #expect(try value("false").bool == false)
        #expect(try value("0").bool == nil)
        #expect(try value("null").isNull)
        #expect(try value("-1.5e1").number == -15)
        #expect(try value("1E400").number == nil)
        #expect(try value("{}").kind == .object)
        #expect(try value("[]").string == nil)
        #expect(try value(" [ 1 ] ").copy() == utf8("[ 1 ]"))
    }

    @Test("compaction removes white space between tokens and nothing else")
    func compact() throws {
        let loose = "{ \"a b\" :\r\n[ 1.0 ,\t\"\\\" x\" , {\t} ] , \"\u{2028}\" : \"\u{2029} \" }"
        let tight = "{\"a b\":[1.0,\"\\\" x\",{}],\"\u{2028}\":\"\u{2029} \"}"
        #expect(text(JSONWriter.compact(try value(loose))) == tight)
    }
}
