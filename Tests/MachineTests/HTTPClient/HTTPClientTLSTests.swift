import Glibc
import Synchronization
import Testing

@testable import Machine

/// Against `openssl s_server`, which answers every GET with a page, with certificates made for it.
@Suite(.admitted, .timeLimit(.minutes(10))) struct HTTPClientTLSTests {
    /// An authority, and a server's certificate for `localhost` that it issued.
    private static let script = """
        exec 2>/dev/null
        cd "$1"
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
            -subj /CN=Authority -keyout ca.key -out ca.pem
        openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
            -subj /CN=localhost -keyout key.pem -out request.pem
        printf 'subjectAltName=DNS:localhost' > names
        openssl x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 \
            -extfile names -out cert.pem
        mkdir hashed && cp ca.pem hashed/ && openssl rehash hashed
        exec openssl s_server -accept 127.0.0.1:0 -cert cert.pem -key key.pem -www
        """

    private func withTLSServer(
        _ body: @escaping @Sendable (EventLoop, _ port: Int, _ folder: String) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            try onLoop { loop in
                let launch = Launch(
                    executable: "/bin/sh", arguments: ["-c", Self.script, "sh", folder],
                    environment: [(name: "PATH", value: "/usr/bin:/bin")])
                let child = try Child.spawn(launch, on: loop)
                var output: [UInt8] = []
                var port: Int?
                while port == nil, try await child.output.read(into: &output) > 0 {
                    port = Self.port(in: String(decoding: output, as: UTF8.self))
                }
                let ready = try #require(port)
                try await body(loop, ready, folder)
                _ = await child.stop(closing: .zero, terminating: .seconds(2))
            }
        }
    }

    /// The port in "ACCEPT 127.0.0.1:4433"; nil while the line is not whole.
    private static func port(in output: String) -> Int? {
        for line in output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        where line.hasPrefix("ACCEPT") {
            return line.split(separator: ":").last.flatMap { Int($0) }
        }
        return nil
    }

    @Test("a private authority is believed when it is named, as a file or in a folder")
    func privateAuthority() async throws {
        try await withTLSServer { loop, port, folder in
            #expect(try CurlLibrary.load().canShareTrust)
            for variable in [
                ("SSL_CERT_FILE", "\(folder)/ca.pem"), ("SSL_CERT_DIR", "\(folder)/hashed"),
                ("CURL_CA_BUNDLE", "\(folder)/ca.pem"),
            ] {
                let environment = Environment([(name: variable.0, value: variable.1)])
                let client = HTTPClient(on: loop, HTTPClientSettings(environment))
                let response = try await client.send(
                    HTTPClientRequest("GET", "https://localhost:\(port)/"))
                #expect(response.status == 200)
                let page = try await response.whole(limit: 1 << 20)
                #expect(String(decoding: page, as: UTF8.self).contains("s_server"))
            }
        }
    }

    @Test(
        "an unknown authority or another name is refused, with the remedy, before anything leaves")
    func unknownAuthority() async throws {
        try await withTLSServer { loop, port, folder in
            let strange = HTTPClient(on: loop, plainSettings)
            let unknown = await failure {
                _ = try await strange.text("https://localhost:\(port)/")
            }
            #expect(unknown?.code == .untrusted)
            #expect(unknown?.delivery == .notSent)
            #expect(unknown?.message.contains("SSL_CERT_FILE") == true)

            let environment = Environment([(name: "SSL_CERT_FILE", value: "\(folder)/ca.pem")])
            let client = HTTPClient(on: loop, HTTPClientSettings(environment))
            let misnamed = await failure { _ = try await client.text("https://127.0.0.1:\(port)/") }
            #expect(misnamed?.code == .untrusted)
            #expect(misnamed?.delivery == .notSent)
        }
    }

    @Test("a server that does not speak TLS is refused before anything leaves")
    func noTLS() throws {
        let seen = Mutex("")
        try withServer { peer in
            peer.send("HTTP/1.1 400 Bad Request\r\n\r\n")
            if let request = try await peer.request() { seen.withLock { $0 = request } }
        } _: { client, server, _ in
            let error = await failure {
                _ = try await client.text("https://127.0.0.1:\(server.port)/")
            }
            #expect(error?.code == .untrusted)
            #expect(error?.delivery == .notSent)
            #expect(seen.withLock { $0.isEmpty })
        }
    }

    @Test("authorities that cannot be read are a failure of the requests that need them only")
    func unreadable() async throws {
        try await withTemporaryFolder { folder in
            let empty = "\(folder)/empty"
            try File.replace(empty, with: Array("nothing".utf8))
            try withServer { peer in
                while try await peer.request() != nil { peer.answer("x") }
            } _: { _, server, loop in
                for (name, path, code) in [
                    ("SSL_CERT_FILE", "\(folder)/none", MachineFailure.Code.missing),
                    ("SSL_CERT_FILE", empty, .untrusted),
                    ("SSL_CERT_DIR", "\(folder)/none", .missing),
                ] {
                    let environment = Environment([(name: name, value: path)])
                    let client = HTTPClient(on: loop, HTTPClientSettings(environment))
                    let error = await failure { _ = try await client.text("https://localhost:1/") }
                    #expect(error?.code == code)
                    #expect(error?.message.contains(path) == true)
                    let text = try await client.text(server.url)
                    #expect(text == "x")
                }
            }
        }
    }
}
