import Glibc
import Testing
import Wire

@testable import Machine

@Suite(.admitted, .timeLimit(.minutes(10))) struct TLSTests {
    @Test("requests are answered over TLS, and the connection ends in good order")
    func answers() async throws {
        try await withCertificates { folder in
            try serving({ $0.tls = try folder.context() }) { loop, server in
                let answer = try await folder.ask(
                    server.port,
                    "GET /a HTTP/1.1\r\nHost: a\r\n\r\n"
                        + "POST /b HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx",
                    on: loop)
                #expect(answer.text.contains("\r\n\r\nGET /a HTTP/1.1 200 OK"))
                #expect(answer.text.hasSuffix("\r\n\r\nPOST /b x"))
                #expect(answer.isProper)
            }
        }
    }

    @Test("an answer that was not encrypted yet is not taken for the memory of an idle connection")
    func trimming() async throws {
        try await withCertificates { folder in
            let began = Moment()
            let over = Moment()
            let trims = Moment()
            try serving(
                { $0.tls = try folder.context() },
                { exchange in
                    began.come()
                    await over.wait()
                    await echo(exchange)
                }
            ) { loop, server in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        await began.wait()
                        over.come()
                        trims.come()
                    }
                    group.addTask {
                        // In the same turn as the handler's end, and before what it wrote leaves.
                        await trims.wait()
                        #expect(server.connections.first?.phase == .idle)
                        server.connections.first?.trim()
                        server.stop()
                    }
                    let post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx"
                    let answer = try await folder.ask(server.port, post, on: loop)
                    #expect(answer.text.hasSuffix("POST / x"))
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test("large bodies pass both ways over TLS")
    func large() async throws {
        try await withCertificates { folder in
            try serving({ $0.tls = try folder.context() }) { loop, server in
                let body = String(repeating: "0123456789abcdef", count: 1 << 18)
                let answer = try await folder.ask(
                    server.port,
                    "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                        + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)", on: loop)
                #expect(answer.text.hasSuffix("\r\n\r\nPOST / " + body))
            }
        }
    }

    @Test("a client that must show a certificate is served with one, and not without")
    func clients() async throws {
        try await withCertificates { folder in
            try serving({
                $0.tls = try folder.context(clientAuthority: "ca.pem")
            }) { loop, server in
                let request = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                let known = try await folder.ask(
                    server.port, request, ["-cert", "cert.pem", "-key", "key.pem"], on: loop)
                #expect(known.text.hasSuffix("GET / "))
                let stranger = try await folder.ask(server.port, request, on: loop)
                #expect(stranger.text == "")
                #expect(!stranger.isProper)
            }
        }
    }

    @Test(
        "who speaks no TLS, an old one or another protocol inside it is let go, the others are served",
        arguments: [["-alpn", "h2"], ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"]])
    func others(_ options: [String]) async throws {
        try await withCertificates { folder in
            try serving({ $0.tls = try folder.context() }) { loop, server in
                let plain = try Caller(to: server.port, on: loop)
                plain.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                var nothing = Answers(plain)
                #expect(!String(decoding: try await nothing.rest(), as: UTF8.self).contains("HTTP"))
                plain.close()
                let request = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                let other = try await folder.ask(server.port, request, options, on: loop)
                #expect(other.text == "")
                let good = try await folder.ask(
                    server.port, request, ["-alpn", "h2,http/1.1"], on: loop)
                #expect(good.text.hasSuffix("GET / "))
            }
        }
    }

    @Test("a handshake that does not come has the time of a head")
    func silent() async throws {
        try await withCertificates { folder in
            try serving({
                $0.tls = try folder.context()
                $0.headDeadline = .milliseconds(80)
            }) { loop, server in
                let caller = try Caller(to: server.port, on: loop)
                caller.output.write { $0 += [0x16, 3, 1, 2, 0] }
                var nothing = Answers(caller)
                #expect(try await nothing.rest() == [])
            }
        }
    }

    @Test("files that cannot be used are named, with the reason and nothing of what is in them")
    func files() async throws {
        try await withCertificates { folder in
            try File.replace("\(folder.path)/secret.pem", with: Array("SECRET".utf8))
            let good = folder.settings
            var cases: [(TLSSettings, TLSSettings.File, String)] = []
            var settings = good
            settings.certificate = "\(folder.path)/none.pem"
            cases.append(
                (settings, .certificate, "Could not open '\(folder.path)/none.pem': No such file"))
            settings.certificate = "\(folder.path)/secret.pem"
            cases.append(
                (
                    settings, .certificate,
                    "Could not use the certificate '\(folder.path)/secret.pem': "
                ))
            settings = good
            settings.key = "\(folder.path)/secret.pem"
            cases.append(
                (settings, .key, "Could not use the private key '\(folder.path)/secret.pem': "))
            settings.key = "\(folder.path)/other.pem"
            cases.append(
                (settings, .key, "Could not use the private key '\(folder.path)/other.pem': "))
            settings = good
            settings.clientAuthority = "\(folder.path)/secret.pem"
            cases.append((settings, .clientAuthority, "Could not use the authority of clients "))
            for (wrong, file, beginning) in cases {
                let fault = #expect(throws: TLSSettings.Fault.self) {
                    try TLSContext.make(wrong)
                }
                let message = fault?.failure.message ?? ""
                #expect(fault?.file == file)
                #expect(message.hasPrefix(beginning), "\(message)")
                #expect(!message.contains("SECRET"))
            }
        }
    }

    @Test("another certificate is that of the next connection, and who was let in before is let go")
    func another() async throws {
        try await withCertificates { folder in
            try serving({ $0.tls = try folder.context() }) { loop, server in
                let request = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                let keepsOpen = try await folder.open(server.port, on: loop)
                keepsOpen.input.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                try await keepsOpen.output.readable()
                var settings = server.settings
                settings.tls = try folder.context(clientAuthority: "ca.pem")
                server.adopt(settings)
                // It ends by itself: nobody closes its input.
                _ = try await keepsOpen.output.readAll()
                #expect(try await folder.ask(server.port, request, on: loop).text == "")
                let known = try await folder.ask(
                    server.port, request, ["-cert", "cert.pem", "-key", "key.pem"], on: loop)
                #expect(known.text.hasSuffix("GET / "))
                settings.tls = nil
                server.adopt(settings)
                #expect(server.speaksTLS)
            }
        }
    }
}

/// A folder with an authority, a certificate that it signed, and that certificate's key.
private struct Certificates: Sendable {
    let path: String

    var settings: TLSSettings {
        TLSSettings(certificate: "\(path)/cert.pem", key: "\(path)/key.pem")
    }

    /// The certificate as a server has it, with the file of an authority of clients or without.
    func context(clientAuthority: String? = nil) throws -> TLSContext {
        var settings = settings
        settings.clientAuthority = clientAuthority.map { "\(path)/\($0)" }
        return try TLSContext.make(settings)
    }

    /// A client that others wrote, which sends what is written to its input.
    func open(
        _ port: Int, _ options: [String] = [], on loop: EventLoop
    ) async throws -> Child {
        try Child.spawn(
            Launch(
                executable: "openssl",
                arguments: [
                    "s_client", "-quiet", "-connect", "127.0.0.1:\(port)", "-CAfile", "ca.pem",
                    "-verify_return_error",
                ] + options,
                environment: Environment.current().variables, directory: path), on: loop)
    }

    /// Sends a request with that client; what it says, and whether it was content.
    func ask(
        _ port: Int, _ request: String, _ options: [String] = [], on loop: EventLoop
    ) async throws -> (text: String, isProper: Bool) {
        let child = try await open(port, options, on: loop)
        child.input.write(request)
        let bytes = try await child.output.readAll()
        let status = await child.stop(closing: .seconds(5), terminating: .seconds(5))
        return (String(decoding: bytes, as: UTF8.self), status == .code(0))
    }
}

private func withCertificates(_ body: (Certificates) async throws -> Void) async throws {
    try await withTemporaryFolder { path in
        let commands = [
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca-key.pem -out ca.pem "
                + "-days 2 -subj /CN=authority",
            "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out request.pem "
                + "-subj /CN=localhost",
            "x509 -req -in request.pem -CA ca.pem -CAkey ca-key.pem -CAcreateserial -out cert.pem -days 2",
            "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out other.pem",
        ]
        for command in commands {
            let status = unsafe system("cd '\(path)' && openssl \(command) >/dev/null 2>&1")
            guard status == 0 else { throw CallFailed(number: status) }
        }
        try await body(Certificates(path: path))
    }
}
