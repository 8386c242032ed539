import Testing
import Wire

@Suite struct PlacedTextTests {
    @Test(
        "every part of a string is found where it is written",
        arguments: [
            #""plain é😀""#, #""\u0061\n\"b\\\/""#, #""\ud83d\ude00x""#, #""\ud800!\udc00""#, #""""#,
        ])
    func places(json: String) throws {
        let value = try Value(validating: Array("[ \(json)]".utf8))
        let string = try #require(value.elements.first { _ in true })
        let placed = try #require(string.placed)
        #expect(placed.text == string.text)
        // The whole is written between the quotes, and the parts follow each other.
        #expect(
            placed.extent(of: 0..<placed.text.count)
                == Int(string.extent.lower) + 1..<Int(string.extent.upper) - 1)
        var at = 0
        var end = Int(string.extent.lower) + 1
        for character in String(decoding: placed.text, as: UTF8.self).unicodeScalars {
            let count = String(character).utf8.count
            let extent = placed.extent(of: at..<at + count)
            #expect(extent.lowerBound == end)
            let part = Array("\"".utf8) + value.bytes[extent] + Array("\"".utf8)
            #expect(try Value(validating: part).text == Array(String(character).utf8))
            at += count
            end = extent.upperBound
        }
        #expect(end == Int(string.extent.upper) - 1)
    }

    @Test("what is no string has no text")
    func others() throws {
        #expect(try Value(validating: Array("12".utf8)).placed == nil)
    }
}
