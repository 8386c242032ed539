import Testing

@testable import Wire

@Suite struct HeaderTextTests {
    @Test(
        "visible ASCII stands for itself, everything else is marked and encoded",
        arguments: [
            ("add", "add"), ("two words", "two words"), ("", ""), ("é", "=?base64?w6k=?="),
            (" x", "=?base64?IHg=?="), ("x ", "=?base64?eCA=?="), ("a\tb", "=?base64?YQli?="),
            ("=?base64?eA==?=", "=?base64?PT9iYXNlNjQ/ZUE9PT89?="), ("=?base64?", "=?base64?"),
        ])
    func encoding(text: String, value: String) {
        #expect(String(decoding: HeaderText.encode(Array(text.utf8)), as: UTF8.self) == value)
        #expect(HeaderText.decode(Array(value.utf8)) == Array(text.utf8))
    }

    @Test(
        "what is marked and is no Base64 is refused",
        arguments: [
            "=?base64?w6k?=", "=?base64?w6k=x?=", "=?base64?w6l=?=", "=?base64?*?=",
            "=?base64?A===?=",
        ])
    func refused(value: String) {
        #expect(HeaderText.decode(Array(value.utf8)) == nil)
    }

    @Test("the marks are read in their exact case only")
    func marks() {
        let value = Array("=?BASE64?w6k=?=".utf8)
        #expect(HeaderText.decode(value) == value)
    }

    @Test("any text comes back")
    func roundTrip() {
        var random = SystemRandomNumberGenerator()
        for count in 0..<200 {
            let text = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect(HeaderText.decode(HeaderText.encode(text)) == text)
        }
    }
}
