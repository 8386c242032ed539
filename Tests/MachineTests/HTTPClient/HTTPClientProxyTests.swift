import Synchronization
import Testing

@testable import Machine

@Suite(.admitted, .timeLimit(.minutes(10))) struct HTTPClientProxyTests {
    private func settings(_ proxy: String, except: String = "") -> HTTPClientSettings {
        var settings = plainSettings
        settings.proxies = ProxyRules(proxy: proxy, except: except)
        return settings
    }

    @Test("a plain request asks the proxy with the whole URL, with its credentials")
    func plain() throws {
        let seen = Mutex("")
        try withServer { peer in
            while let request = try await peer.request() {
                seen.withLock { $0 = request }
                peer.answer("from the proxy")
            }
        } _: { _, server, loop in
            let proxy = "http://user:secret@127.0.0.1:\(server.port)"
            let client = HTTPClient(on: loop, settings(proxy))
            let text = try await client.text("http://elsewhere.example/x?y")
            #expect(text == "from the proxy")
            let request = seen.withLock { $0 }
            #expect(request.hasPrefix("GET http://elsewhere.example/x?y HTTP/1.1\r\n"))
            #expect(request.contains("Proxy-Authorization: Basic dXNlcjpzZWNyZXQ=\r\n"))
        }
    }

    @Test("a proxy that refuses the tunnel means that nothing was sent")
    func tunnel() throws {
        let seen = Mutex("")
        try withServer { peer in
            while let request = try await peer.request() {
                seen.withLock { $0 = request }
                peer.answer("no", status: "403 Forbidden")
            }
        } _: { _, server, loop in
            let proxy = "http://user:secret@127.0.0.1:\(server.port)"
            let client = HTTPClient(on: loop, settings(proxy))
            var request = HTTPClientRequest("POST", "https://elsewhere.example/x?y")
            request.set("Authorization", "Bearer token")
            let error = await failure { _ = try await client.send(request) }
            #expect(error?.code == .unreachable)
            #expect(error?.delivery == .notSent)
            #expect(
                error?.message == "Could not POST 'https://elsewhere.example' through the proxy "
                    + "'127.0.0.1:\(server.port)': the proxy answered with status 403. "
                    + "The request was not sent.")
            #expect(seen.withLock { $0.hasPrefix("CONNECT elsewhere.example:443 HTTP/1.1\r\n") })
            #expect(seen.withLock { !$0.contains("Bearer") })
        }
    }

    @Test("a host that is excepted is asked directly")
    func direct() throws {
        try withServer { peer in
            while let request = try await peer.request() {
                peer.answer(String(request.prefix { !$0.isNewline }))
            }
        } _: { _, server, loop in
            let proxy = settings("http://127.0.0.1:1", except: "127.0.0.0/8")
            let client = HTTPClient(on: loop, proxy)
            let text = try await client.text(server.url)
            #expect(text == "GET /path HTTP/1.1")
        }
    }
}

@Suite struct ProxyRulesTests {
    private func choice(_ url: String, _ variables: [(String, String)]) throws -> String? {
        let rules = ProxyRules(Environment(variables.map { (name: $0.0, value: $0.1) }))
        return rules.proxy(for: try HTTPAddress(url))
    }

    @Test("each scheme has its proxy, small letters win, CGI's variable does not count")
    func variables() throws {
        let both = [
            ("http_proxy", "p"), ("HTTP_PROXY", "P"), ("HTTPS_PROXY", "S"), ("ALL_PROXY", "a"),
        ]
        #expect(try choice("http://h.example/", both) == "p")
        #expect(try choice("https://h.example/", both) == "S")
        #expect(try choice("https://h.example/", [("all_proxy", "a")]) == "a")
        #expect(try choice("https://h.example/", [("https_proxy", "")]) == nil)
        let underCGI = [("HTTP_PROXY", "P"), ("REQUEST_METHOD", "GET")]
        #expect(try choice("http://h.example/", underCGI) == nil)
        for host in ["localhost", "127.8.0.1", "[::1]", "a.localhost"] {
            #expect(try choice("http://\(host)/", both) == nil)
        }
        #expect(try choice("http://127.0.0.1.example/", both) == "p")
    }

    @Test(
        "exceptions are names, what is below them, numbers, ranges and ports",
        arguments: [
            ("example.com", "http://example.com/", true),
            ("example.com", "http://a.example.com/", true),
            ("example.com", "http://anexample.com/", false),
            (".example.com", "http://a.example.com/", true),
            ("*.example.com", "http://a.EXAMPLE.com/", true),
            ("other, Example.com", "http://example.com/", true),
            ("other example.com", "http://example.com/", true),
            ("example.com:8080", "http://example.com/", false),
            ("example.com:8080", "http://example.com:8080/", true),
            ("*", "http://anything/", true), ("", "http://example.com/", false),
            (".", "http://example.com/", false), ("10.0.0.0/8", "http://10.9.8.7/", true),
            ("10.0.0.0/8", "http://11.9.8.7/", false), ("10.0.0.0/9", "http://10.128.0.1/", false),
            ("10.0.0.0/33", "http://10.0.0.1/", false), ("10.0.0.1", "http://10.0.0.1/", true),
            ("10.0.0.1:81", "http://10.0.0.1/", false), ("0.0.0.1", "http://10.0.0.1/", false),
            ("fd00::/8", "http://[fd00::1]/", true), ("[fd00::1]", "http://[FD00:0::1]/", true),
        ])
    func exceptions(list: String, url: String, isDirect: Bool) throws {
        let rules = ProxyRules(proxy: "p", except: list)
        #expect((rules.proxy(for: try HTTPAddress(url)) == nil) == isDirect)
    }

    @Test(
        "an origin has the port only when it is not the usual one",
        arguments: [
            ("HTTPS://Example.com:443/a?b", "https://example.com"),
            ("https://example.com:8443?b", "https://example.com:8443"),
            ("http://[::1]:80#x", "http://[::1]"), ("http://[::1]:81/", "http://[::1]:81"),
            ("http://example.com:", "http://example.com"),
        ])
    func origins(url: String, origin: String) throws {
        #expect(try HTTPAddress(url).origin == origin)
    }

    @Test(
        "what is not an absolute URL is refused",
        arguments: [
            "", "example.com", "http:/example.com", "http://", "http://:80/", "http://a:b/",
            "http://a:65536/", "http://a:+1/", "http://[::1/", "http://[::1]x/", "http://a@b/",
            "http://ä/", "http://a\\b/", "http://a\n/",
        ])
    func refused(url: String) {
        #expect(throws: MachineFailure.self) { try HTTPAddress(url) }
    }
}
