import Testing

@testable import Machine

@Suite struct KnownRequestsTests {
    private static let url = "http://h.example/mcp"

    private func request(_ fields: [(name: String, value: String)]) -> HTTPClientRequest {
        HTTPClientRequest("POST", Self.url, fields: fields)
    }

    @Test("what is unfit is refused, however many fit requests like it came before")
    func unfit() throws {
        var known = KnownRequests()
        let fit = request([("A", "1"), ("Authorization", "x")])
        func isRefused(_ request: HTTPClientRequest) -> Bool {
            (try? known.judge(request, .none)) == nil
        }
        #expect(!isRefused(fit))
        #expect(isRefused(request([("A", "1"), ("Authorization", "x\r\nB: 2")])))
        #expect(isRefused(request([("A", "1"), ("Authorization", "x"), ("Expect", "1")])))
        #expect(isRefused(request([("A", "1"), ("Connection", "x")])))
        #expect(isRefused(request([("A b", "1"), ("Authorization", "x")])))
        var other = fit
        other.method = "PO ST"
        #expect(isRefused(other))
        // What was refused is no more known than before.
        #expect(isRefused(other))
        #expect(!isRefused(fit))
        #expect(!isRefused(request([])))
        #expect(!isRefused(fit))
    }

    @Test("a URL leads to the same place whatever is asked of it")
    func places() throws {
        var known = KnownRequests()
        let proxies = ProxyRules(proxy: "http://proxy", except: "")
        for fields in [[], [(name: "A", value: "1")], [(name: "A", value: "2")]] {
            let (address, proxy) = try known.judge(request(fields), proxies)
            #expect(address.host == "h.example" && proxy == "http://proxy")
        }
    }
}
