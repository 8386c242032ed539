import Testing

@testable import Emulator

@Suite("Paths of the data plane")
struct RuntimeTargetTests {
    private let arn = "arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/x-emulated00"
    private let encoded =
        "arn%3Aaws%3Abedrock-agentcore%3Aus-east-1%3A123456789012%3Aruntime%2Fx-emulated00"

    @Test("an encoded ARN is decoded once")
    func decodesOnce() {
        let target = RuntimeTarget(path: "/runtimes/\(encoded)/invocations")
        #expect(target?.runtime == arn)
        #expect(target?.operation == .invoke)
        #expect(RuntimeTarget(path: "/runtimes/a%252Fb/invocations")?.runtime == "a%2Fb")
    }

    @Test(
        "what is no path of the service names nothing",
        arguments: [
            "/", "/runtimes", "/runtimes/x", "/runtimes/x/", "/runtimes//invocations",
            "/runtimes/x/invocation", "/runtimes/x/invocations/", "/other/x/invocations",
            "/runtimes/%zz/invocations", "/runtimes/%/invocations", "/runtimes/%ff/invocations",
            "/runtimes/arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/x/invocations",
        ])
    func refuses(_ path: String) { #expect(RuntimeTarget(path: path) == nil) }

    @Test("each operation has its path")
    func operations() {
        #expect(RuntimeTarget(path: "/runtimes/x/stopruntimesession")?.operation == .stop)
        let metadata = "/runtimes/x/invocations/.well-known/oauth-protected-resource"
        #expect(RuntimeTarget(path: metadata)?.operation == .metadata)
        #expect(RuntimeTarget(path: "/runtimes/x/ws")?.operation == .other)
    }

    @Test("a form's pairs are decoded, and malformed ones left out")
    func pairs() {
        let pairs = PercentCoding.pairs("a=1+2&b=%C3%A9&c&=d&e=%4&f=g=h")
        #expect(pairs.map(\.name) == ["a", "b", "c", "", "f"])
        #expect(pairs.map(\.value) == ["1 2", "é", "", "d", "g=h"])
    }
}
