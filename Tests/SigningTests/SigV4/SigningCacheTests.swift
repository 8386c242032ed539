import Machine
import Testing

@testable import Signing

@Suite struct SigningCacheTests {
    private static let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

    /// One request after the other: each differs from the one before in what is named.
    private static let steps: [@Sendable (inout Step) -> Void] = [
        { _ in }, { $0.request.body = Array("{}".utf8) }, { $0.request.body = [] },
        { $0.date = "20260115T123457Z" }, { $0.request.fields[1].value = "b" },
        { $0.request.fields.append(("Mcp-Name", "x")) },
        { $0.request.fields.append(("X-Amz-Content-SHA256", "UNSIGNED-PAYLOAD")) },
        { $0.request.fields.removeLast() }, { $0.request.fields[2].name = "Mcp-Method" },
        { $0.request.fields.swapAt(0, 2) }, { $0.request.method = "PUT" },
        { $0.request.url = "https://h.example/other?a=1" },
        { $0.request.url = "https://g.example/other?a=1" }, { $0.credentials.sessionToken = "t" },
        { $0.request.body = Array("{}".utf8) }, { $0.credentials.sessionToken = "u" },
        { $0.credentials.sessionToken = nil }, { $0.credentials.accessKeyId = "AKID2" },
        { $0.credentials.secretAccessKey = "s" }, { $0.date = "20260116T000000Z" },
        { $0.request.fields.append(("X-Amz-Date", "20200101T000000Z")) },
        { $0.request.fields.append(("authorization", "old")) }, { $0.date = "20260115T123456Z" },
    ]

    private struct Step {
        var request = HTTPClientRequest(
            "POST", "https://h.example/a%3Ab/mcp?q=1",
            fields: [("Accept", "*/*"), ("Mcp-Session-Id", "a")])
        var date = "20260115T123456Z"
        var credentials = AWSCredentials(
            accessKeyId: "AKID1", secretAccessKey: secret, source: "a test")
        var terms: SigV4 { SigV4(date: date, region: "us-east-1", service: "s") }
    }

    @Test("a signature is true of its own request, whatever was signed before it")
    func signatures() throws {
        var cache = SigningCache()
        var step = Step()
        for change in Self.steps {
            change(&step)
            for _ in 0..<2 {
                var request = step.request
                try cache.sign(&request, step.terms, step.credentials)
                var fresh = step.request
                try fresh.sign(step.terms, step.credentials)
                #expect(request.fields.map(\.name) == fresh.fields.map(\.name))
                #expect(request.fields.map(\.value) == fresh.fields.map(\.value))
                #expect(request["X-Amz-Date"] == step.date)
                #expect(request["X-Amz-Security-Token"] == step.credentials.sessionToken)
                #expect(holds(request, step.credentials))
            }
        }
    }

    private func holds(_ request: HTTPClientRequest, _ credentials: AWSCredentials) -> Bool {
        guard let claim = request["Authorization"].flatMap(SignatureClaim.init) else {
            return false
        }
        return claim.accessKeyId == credentials.accessKeyId
            && claim.holds(
                method: request.method, target: String(request.url.dropFirst(17)),
                fields: request.fields, body: request.body,
                secretAccessKey: credentials.secretAccessKey)
    }
}
