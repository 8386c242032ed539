import Aggregator
import Machine
import Synchronization
import Wire

/// One call of a runtime that was let in: its session, the way to the program, and the answer.
struct Invocation: Sendable {
    let runtime: Runtime
    let exchange: HTTPExchange
    let caller: EdgeCaller
    let request: RequestName
    let qualifier: String
    let host: ProgramHost
    let faults: Faults

    private var settings: RuntimeSettings { runtime.settings }
    private var fields: Fields { exchange.head.fields }

    /// Carries it out, or throws why the platform does not.
    func run() async throws(EdgeFailure) {
        try checkMessage()
        let session = session()
        let machine = try runtime.machine(.init(qualifier: qualifier, session: session))
        try await machine.ready()
        machine.touch()
        machine.state.withLock { $0.requests += 1 }
        let response = try await response(from: machine)
        try await relay(response, of: machine, session)
        machine.touch()
    }

    /// What the MCP contract asks of a request before it reaches the program.
    private func checkMessage() throws(EdgeFailure) {
        guard exchange.body.count <= HeaderRules.mostBytes else {
            throw EdgeFailure(.validation, "The payload exceeds the limit of 100 MB.")
        }
        guard settings.contract == .mcp else { return }
        let accept = fields.values(of: .accept).map { $0.text.lowercased() }.joined(separator: ",")
        guard
            accept.contains("*/*")
                || accept.contains("application/json") && accept.contains("text/event-stream")
        else {
            throw EdgeFailure(
                .notAcceptable,
                "Not Acceptable: Client must accept both application/json and text/event-stream")
        }
        guard (try? Frame(scanning: exchange.body)) != nil else {
            throw EdgeFailure(.validation, "The payload is not a JSON-RPC message.")
        }
    }

    // MARK: The session

    /// What the client calls its session, or what it will call it from now on (AgentCore, "Runtime
    /// sessions": which field it is depends on the contract).
    private func session() -> String {
        let name = settings.contract == .mcp ? .mcpSessionId : HeaderRules.session
        return fields[name]?.text ?? UniqueName.make()
    }

    /// The id that the program is told.
    private func sessionForProgram(_ machine: MicroVM) -> String? {
        guard settings.contract == .mcp, settings.isStateful else { return machine.session }
        if let own = machine.state.withLock({ $0.programSession }) { return own }
        // A program that makes its own ids is not given one that the client does not have.
        return fields[.mcpSessionId]?.text
    }

    // MARK: The way there

    /// The program's answer: an error to the first request of a new session counts as a start that
    /// is not done, and the request is made again.
    private func response(from machine: MicroVM) async throws(EdgeFailure) -> HTTPClientResponse {
        let deadline = host.time.now.advanced(by: settings.initialization)
        while true {
            let response = try await send(to: machine)
            let isFirst = machine.state.withLock { !$0.hasAnswered }
            if (200..<300).contains(response.status) {
                machine.state.withLock { $0.hasAnswered = true }
                return response
            }
            guard isFirst, response.status >= 500 else { return response }
            response.cancel()
            guard host.time.now < deadline else { throw .initialization }
            await host.time.sleep(.seconds(2))
            if Task.isCancelled { throw .unhealthy }
        }
    }

    private func send(to machine: MicroVM) async throws(EdgeFailure) -> HTTPClientResponse {
        var outgoing = HTTPClientRequest(
            "POST", machine.url(settings.target), fields: fields(for: machine), body: exchange.body)
        outgoing.bodyLimit = nil
        outgoing.deadlines.firstByte = host.time.real(settings.answerLimit)
        outgoing.deadlines.idle = host.time.real(settings.streamLimit)
        outgoing.deadlines.total = host.time.real(settings.streamLimit)
        do throws(MachineFailure) {
            return try await host.client.send(outgoing)
        } catch {
            host.log(.info, "[\(settings.name)] No answer: \(error.message)")
            if error.code == .timedOut {
                throw EdgeFailure(.timeout, "Endpoint request timed out")
            }
            throw .unhealthy
        }
    }

    /// What the program sees of the caller's fields, and what the platform adds.
    private func fields(for machine: MicroVM) -> [(name: String, value: String)] {
        var sent: [(name: String, value: String)] = []
        let allowed = settings.allowedHeaders.compactMap { FieldName($0) }
            .filter { $0 != .authorization || caller.mode == .jwt }
        for name in HeaderRules.usual + allowed {
            for value in fields.values(of: name) { sent.append((name.text, value.text)) }
        }
        if let session = sessionForProgram(machine) {
            if settings.contract == .mcp { sent.append(("Mcp-Session-Id", session)) }
            sent.append((HeaderRules.session.text, session))
        } else if let session = fields[HeaderRules.session] {
            sent.append((HeaderRules.session.text, session.text))
        }
        sent.append((HeaderRules.request.text, request.text))
        if caller.mode == .jwt || fields.contains(HeaderRules.user) {
            sent.append((HeaderRules.workload.text, Digest.sha256Text(Array(caller.name.utf8))))
        }
        return sent
    }

    // MARK: The way back

    private func relay(
        _ response: HTTPClientResponse, of machine: MicroVM, _ session: String
    ) async throws(EdgeFailure) {
        guard (200..<300).contains(response.status) else {
            return try await relayError(response, session)
        }
        if settings.isStateful, let own = response.fields["Mcp-Session-Id"] {
            machine.state.withLock { $0.programSession = own }
        }
        let fields = answerFields(response, session)
        let status = Status(response.status)
        let type = response.fields["Content-Type"]?.lowercased() ?? ""
        if type.hasPrefix("text/event-stream") {
            await stream(response, status, fields, machine)
        } else {
            let body = try await whole(response)
            machine.touch()
            await finish(status, fields, body)
        }
    }

    private func answerFields(_ response: HTTPClientResponse, _ session: String) -> Fields {
        var fields: Fields = [:]
        for name in HeaderRules.answered {
            guard let text = response.fields[name], let field = FieldName(name),
                let value = FieldValue(text)
            else { continue }
            fields.set(field, value)
        }
        if let value = FieldValue(session) {
            fields.set(settings.contract == .mcp ? .mcpSessionId : HeaderRules.session, value)
        }
        if settings.contract == .mcp, let sent = self.fields[HeaderRules.session] {
            fields.set(HeaderRules.session, sent)
        }
        request.add(to: &fields)
        return fields
    }

    /// A program's own error is replaced, but for the word that a session is not known.
    private func relayError(
        _ response: HTTPClientResponse, _ session: String
    ) async throws(EdgeFailure) {
        host.log(
            .info,
            "[\(settings.name)] The program answered with \(response.status).\(hint(response))")
        guard settings.contract == .mcp, settings.isStateful, response.status == 404 else {
            response.cancel()
            throw EdgeFailure.program(response.status)
        }
        switch settings.loss {
        case .status:
            let body = try await whole(response)
            exchange.respond(.notFound, answerFields(response, session), body: body)
        case .notFound:
            response.cancel()
            throw EdgeFailure(.notFound, "Session not found")
        case .clientError:
            response.cancel()
            throw EdgeFailure.program(404)
        }
    }

    /// What to do about a program that does not know the session that the platform gave it.
    private func hint(_ response: HTTPClientResponse) -> String {
        guard settings.contract == .mcp, !settings.isStateful, [400, 404].contains(response.status)
        else { return "" }
        return " If it makes session ids of its own, say so: --stateful, or 'stateful: true'."
    }

    private func whole(_ response: HTTPClientResponse) async throws(EdgeFailure) -> [UInt8] {
        do throws(MachineFailure) {
            return try await response.whole(limit: HeaderRules.mostBytes)
        } catch {
            host.log(.warning, "[\(settings.name)] The answer broke off: \(error.message)")
            throw .unhealthy
        }
    }

    private func finish(_ status: Status, _ fields: Fields, _ body: [UInt8]) async {
        guard let fault = faults.take([.truncate], for: settings.name) else {
            return exchange.respond(status, fields, body: body)
        }
        exchange.begin(status, fields)
        exchange.write { $0 += body.prefix(fault.bytes) }
        await breakOff()
    }

    /// Passes pieces on as they come; a client that leaves does not stop the program.
    private func stream(
        _ response: HTTPClientResponse, _ status: Status, _ fields: Fields, _ machine: MicroVM
    ) async {
        exchange.begin(status, fields)
        var left = faults.take([.truncate], for: settings.name)?.bytes
        do throws(MachineFailure) {
            while let piece = try await response.next() {
                machine.touch()
                let part = piece.prefix(left ?? piece.count)
                exchange.write { $0 += part }
                left = left.map { $0 - part.count }
                if left == 0 { return await breakOff() }
                if exchange.isCongested { await exchange.drained() }
            }
            exchange.end()
        } catch {
            host.log(.warning, "[\(settings.name)] A stream broke off: \(error.message)")
            await breakOff()
        }
    }

    /// Lets what was written leave, and ends the connection in the middle of the answer.
    private func breakOff() async {
        await host.time.keeper.sleep(for: .milliseconds(20))
        exchange.abort()
    }
}
