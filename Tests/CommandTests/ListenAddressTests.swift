import Aggregator
import Testing

@testable import manifold

@Suite struct ListenAddressTests {
    @Test(
        "an address is a host and a port",
        arguments: [
            ("127.0.0.1:8000", "127.0.0.1", 8000), ("[::1]:0", "::1", 0),
            ("localhost:80", "127.0.0.1", 80), ("8000", "127.0.0.1", 8000),
            (":8000", "0.0.0.0", 8000), ("0.0.0.0:65535", "0.0.0.0", 65_535),
        ])
    func good(text: String, host: String, port: Int) throws {
        let address = try #require(ListenAddress(text))
        #expect(address.host == host && address.port == port)
    }

    @Test(
        "everything else is none",
        arguments: ["", "a", "1:2:3", "[::1]", "[::1:80", "a:65536", "a:-1", "::1:80"])
    func bad(text: String) {
        #expect(ListenAddress(text) == nil)
    }

    @Test("an address that others reach is guarded by a token, or by certificates over TLS")
    func guarded() throws {
        let (open, own) = try (#require(ListenAddress(":1")), #require(ListenAddress("1")))
        var inbound = Configuration.Inbound()
        #expect(own.isGuarded(by: inbound) && !open.isGuarded(by: inbound))
        inbound.tls = .init()
        #expect(!open.isGuarded(by: inbound))
        inbound.tls?.clientCA = "ca.pem"
        #expect(open.isGuarded(by: inbound))
        #expect(!open.isGuarded(by: inbound, speaksTLS: false))
        inbound = .init()
        inbound.bearer = "s3cret"
        #expect(open.isGuarded(by: inbound, speaksTLS: false))
    }

    @Test("only this machine's own addresses are its own")
    func loopback() {
        #expect(ListenAddress("127.1.2.3:1")?.isLoopback == true)
        #expect(ListenAddress("[::1]:1")?.isLoopback == true)
        #expect(ListenAddress(":1")?.isLoopback == false)
        #expect(ListenAddress("[::]:1")?.isLoopback == false)
    }
}
