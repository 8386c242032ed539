import Testing
import Wire

/// The scanner against the plain reader: not only the same verdict, but for the same reason at the
/// same offset.
@Suite("Faults")
struct FaultTests {
    private static let before = utf8(#"{"jsonrpc":"2.0","id":1,"method":"x","params":{"name":"#)
    private static let after = utf8("}}")

    /// A name for the failure; nil when the scanner says what the plain reader says.
    private func difference(_ bytes: [UInt8]) -> String? {
        var found: String?
        do throws(Rejection) {
            _ = try Value(validating: bytes)
        } catch {
            found = error.reason
        }
        let expected = Oracle.mistake(in: bytes)
        return found == expected
            ? nil : "\(text(bytes)): \(found ?? "accepted"), not \(expected ?? "accepted")"
    }

    /// The same for a message, which may besides be refused for what it says.
    private func messageDifference(_ bytes: [UInt8]) -> String? {
        let found = rejection(bytes)
        let expected = Oracle.mistake(in: bytes)
        let isSame =
            switch found?.code {
            case .syntax, .encoding, .depth: found?.reason == expected
            // Found on the way, possibly before what the plain reader stumbles over.
            case .duplicateKey: true
            default: expected == nil
            }
        return isSame
            ? nil : "\(text(bytes)): \(found?.reason ?? "accepted"), not \(expected ?? "accepted")"
    }

    /// Every beginning of a text, cut in place: what comes next still lies behind the end, where a
    /// reader that looks too far finds it.
    private func cuts(of whole: [UInt8], _ difference: ([UInt8]) -> String?) -> String? {
        var head: [UInt8] = []
        head.reserveCapacity(whole.count)
        head.append(contentsOf: whole)
        while true {
            if let found = difference(head) { return found }
            guard !head.isEmpty else { return nil }
            head.removeLast()
        }
    }

    @Test(
        "every beginning of a text is refused where the plain reader refuses it", arguments: 0..<8)
    func beginnings(seed: Int) {
        var texts = TextGenerator(seed: seed)
        for _ in 0..<20 {
            let text = texts.make()
            #expect(cuts(of: text, difference) == nil)
            let message = Self.before + text + Self.after
            #expect(cuts(of: message, messageDifference) == nil)
        }
    }

    @Test("changed bytes are refused where the plain reader refuses them", arguments: 0..<8)
    func changes(seed: Int) {
        var texts = TextGenerator(seed: 100 + seed)
        for _ in 0..<1000 {
            let text = texts.mutate(texts.make())
            #expect(difference(text) == nil)
            #expect(messageDifference(Self.before + text + Self.after) == nil)
            let message = texts.mutate(Self.before + text + Self.after)
            #expect(messageDifference(message) == nil)
        }
    }

    @Test("a text is judged the same however far it is from the end", arguments: 0..<8)
    func distances(seed: Int) {
        var texts = TextGenerator(seed: 200 + seed)
        for round in 0..<12 {
            let text = round.isMultiple(of: 2) ? texts.make() : texts.mutate(texts.make())
            for distance in 0...70 {
                let space = [UInt8](repeating: 0x20, count: distance)
                #expect(difference(text + space) == nil)
                #expect(messageDifference(Self.before + text + Self.after + space) == nil)
            }
        }
    }

    @Test("a string of any length ends at its quote, and at what may not stand in it")
    func strings() {
        let marks: [UInt8] = [
            0x00, 0x1F, 0x20, 0x21, 0x22, 0x23, 0x5B, 0x5C, 0x5D, 0x7F, 0x80, 0xFF,
        ]
        for length in 0..<42 {
            for mark in marks {
                for place in 1...length + 1 {
                    var text = [UInt8](repeating: 0x61, count: length + 2)
                    text[0] = 0x22
                    text[length + 1] = 0x22
                    text[place] = mark
                    #expect(difference(text) == nil)
                }
            }
        }
    }

    @Test("a name or a string ends at a quote alone, whatever follows")
    func ends() {
        let marks: [[UInt8]] = [
            [0x22], [0x5C], [0x1F], [0x00], [0xC3, 0xA9], [0xC3], [0x5C, 0x22],
        ]
        let frames = [
            ("{\"", ":1}"), ("{\"", ":\"b\"}"), ("{\"", " : 1 }"), ("{\"", "\":1}"),
            ("{\"", "x:1}"),
            ("[\"", ",\"b\"]"), ("[\"", "]"), ("[\"", ", 1]"), ("[\"", "\",\"b\"]"),
            ("{\"a\":\"", ",\"b\":1}"), ("{\"a\": \"", ", \"b\":1}"), ("{\"a\":\"", "}"),
            ("{\"a\":\"", "\",\"b\":1}"), ("[{\"a\":\"", "}]"), ("[{\"a\":\"", "},{\"b\":1}]"),
        ]
        for length in 0..<20 {
            let filler = [UInt8](repeating: 0x61, count: length)
            for mark in marks {
                for (before, after) in frames {
                    let text = utf8(before) + filler + mark + utf8(after)
                    #expect(difference(text) == nil)
                    #expect(messageDifference(Self.before + text + Self.after) == nil)
                }
                for after in [":1}", "\":1}", ":\"b\"}", ",\"b\":1}"] {
                    #expect(messageDifference(utf8("{\"") + filler + mark + utf8(after)) == nil)
                    let member = utf8("{\"id\":\"") + filler + mark + utf8(after)
                    #expect(messageDifference(member) == nil)
                }
            }
        }
    }

    @Test("a number of any length ends at what is no digit")
    func numbers() {
        for length in 1..<24 {
            let digits = String(repeating: "7", count: length)
            for end in ["", " ", "]", "/", ":", "e", "E1", ".", ".5", "x", "-", "\u{0}", "é"] {
                for sign in ["", "-", "0", "-0"] {
                    #expect(difference(utf8("[\(sign)\(digits)\(end)")) == nil)
                    #expect(difference(utf8("[\(sign)\(digits)\(end)]")) == nil)
                }
            }
        }
    }

    @Test(
        "nesting is refused at the bracket that is one too many",
        arguments: [3, 61, 62, 63, 64, 124, 125, 130])
    func depth(limit: Int) {
        for levels in limit - 2...limit + 2 {
            for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":", "}]")] {
                let half = levels / (open.count == 6 ? 2 : 1)
                let bytes = utf8(
                    String(repeating: open, count: half) + "1"
                        + String(repeating: close, count: half))
                for text in [bytes, Array(bytes.dropLast()), bytes + utf8("]")] {
                    var found: String?
                    do throws(Rejection) {
                        _ = try Value(validating: text, limits: Limits(depth: limit))
                    } catch {
                        found = error.reason
                    }
                    #expect(found == Oracle.mistake(in: text, depthLimit: limit))
                }
            }
        }
    }
}
