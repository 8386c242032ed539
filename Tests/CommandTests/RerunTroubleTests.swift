import Aggregator
import Testing

@testable import manifold

@Suite struct RerunTroubleTests {
    private let refused = RerunTrouble(
        failure: Failure(
            .unavailable, "Upstream 'server' wants an authorization that it was not given (401).",
            advice: "Put a token into 'headers'.", upstream: "server"))

    @Test("a server at a URL is explained without words of a configuration that it is not in")
    func url() {
        let text = refused.message(against: "http://127.0.0.1:8000/mcp?key=hunter2")
        #expect(text.hasPrefix("The server at http://127.0.0.1:8000 wants an authorization"))
        #expect(text.contains("'--against URL' sends no token.") && text.contains("--against NAME"))
        #expect(!text.contains("Put a token") && !text.contains("hunter2"))
        let late = Failure(.timeout, "Upstream 'server' was late.", advice: "Wait longer.")
        #expect(!RerunTrouble(failure: late).message(against: "http://x/").contains("token"))
        let lost = RerunTrouble(failure: Failure(.lost, "Upstream 'server' closed its output."))
        #expect(lost.message(against: "http://x/") == "The server at http://x closed its output.")
    }

    @Test("an upstream of a configuration is explained as everywhere")
    func name() {
        #expect(refused.message(against: nil).hasSuffix("(401). Put a token into 'headers'."))
    }
}
