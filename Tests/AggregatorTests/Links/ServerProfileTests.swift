import Aggregator
import TestSupport
import Testing
import Wire

@Suite struct ServerProfileTests {
    private static func profile(_ info: String) throws -> ServerProfile {
        let result = #"{"protocolVersion":"2025-06-18","capabilities":{},"serverInfo":\#(info)}"#
        let value = try Value(validating: Array(result.utf8))
        return try #require(ServerProfile(value))
    }

    @Test(
        "what a server does not say about itself leaves no gap",
        arguments: [
            (#"{"name":"one","version":"2"}"#, "one 2"), (#"{"name":"one","version":""}"#, "one"),
            (#"{"version":"2"}"#, "2"), ("{}", nil),
        ])
    func label(info: String, expected: String?) throws {
        #expect(try Self.profile(info).label == expected)
    }
}
