import Aggregator
import Machine
import Wire

/// The data plane in front of all runtimes: finds the one that is meant, lets its callers in, and
/// says no in the words of the service.
struct RuntimeEdge: Sendable {
    let runtimes: [Runtime]
    let settings: EmulatorSettings
    let gate: Gate
    let faults: Faults
    let host: ProgramHost
    /// Where tokens come from.
    let issuer: String

    /// Answers a request whose path begins with `/runtimes/`.
    func handle(_ exchange: HTTPExchange) async {
        let request = RequestName(gate.signatures.clock)
        guard let target = RuntimeTarget(path: exchange.head.pathText) else {
            let failure = EdgeFailure(
                .unknownOperation, "The requested operation is not recognized by the service.")
            return exchange.refuse(failure, .json, request)
        }
        let runtime = find(target.runtime)
        let surface = Surface(runtime?.settings.contract ?? .http, exchange.body)
        do throws(EdgeFailure) {
            try await serve(target, runtime, exchange, request)
        } catch {
            exchange.refuse(error, surface, request)
        }
    }

    private func find(_ name: String) -> Runtime? {
        // An endpoint's ARN is one of its runtime, as in the SDK.
        let name =
            name.firstRange(of: "/runtime-endpoint/").map { name[..<$0.lowerBound] } ?? name[...]
        return runtimes.first { $0.arn == name || $0.settings.id == name }
    }

    private func serve(
        _ target: RuntimeTarget, _ runtime: Runtime?, _ exchange: HTTPExchange,
        _ request: RequestName
    ) async throws(EdgeFailure) {
        if target.operation == .metadata { return try showMetadata(runtime, exchange) }
        guard exchange.head.method == .post else {
            throw EdgeFailure(
                .methodNotAllowed, "The method is not allowed here.", [.allow: "POST"])
        }
        let caller = try admit(target, runtime, exchange)
        guard let runtime else { throw missing(target, exchange) }
        guard runtime.has(qualifier: qualifier(exchange)) else { throw missing(target, exchange) }
        try checkAccount(target, exchange)
        if faults.take([.reset], for: runtime.settings.name) != nil { return exchange.abort() }
        try faults.strike(runtime.settings.name)
        try HeaderRules.check(exchange.head.fields)
        switch target.operation {
        case .invoke:
            let invocation = Invocation(
                runtime: runtime, exchange: exchange, caller: caller, request: request,
                qualifier: qualifier(exchange), host: host, faults: faults)
            try await invocation.run()
        case .stop: try stop(runtime, exchange, request)
        case .metadata, .other:
            throw EdgeFailure(.validation, "This operation is not emulated.")
        }
    }

    // MARK: Who and what

    /// A runtime that is not known has no way of its own to let callers in: it is asked for what
    /// signatures prove.
    private func admit(
        _ target: RuntimeTarget, _ runtime: Runtime?, _ exchange: HTTPExchange
    ) throws(EdgeFailure) -> EdgeCaller {
        try gate.admit(
            exchange, to: runtime?.settings.name ?? "", runtime?.settings.access ?? Access(),
            metadata: metadataAddress(exchange))
    }

    private func qualifier(_ exchange: HTTPExchange) -> String {
        exchange.head.parameter("qualifier") ?? "DEFAULT"
    }

    private func missing(_ target: RuntimeTarget, _ exchange: HTTPExchange) -> EdgeFailure {
        EdgeFailure(
            .notFound,
            "No endpoint or agent found with qualifier '\(qualifier(exchange))' for agent "
                + "'\(target.runtime)'")
    }

    /// An id says nothing of its account.
    private func checkAccount(
        _ target: RuntimeTarget, _ exchange: HTTPExchange
    ) throws(EdgeFailure) {
        guard !target.runtime.hasPrefix("arn:") else { return }
        guard let account = exchange.head.parameter("accountId") else {
            throw EdgeFailure(
                .validation, "The account id must be given when the agent is named by its id.")
        }
        guard account == settings.account else { throw missing(target, exchange) }
    }

    // MARK: Sessions

    private func stop(
        _ runtime: Runtime, _ exchange: HTTPExchange, _ request: RequestName
    ) throws(EdgeFailure) {
        guard let session = exchange.head.fields[HeaderRules.session] else {
            throw EdgeFailure(
                .validation,
                "1 validation error detected: Value at 'runtimeSessionId' "
                    + "failed to satisfy constraint: Member must not be null")
        }
        // By which field a client knows its session is the contract's.
        let known = runtime.settings.contract == .mcp ? exchange.head.fields[.mcpSessionId] : nil
        let name = (known ?? session).text
        let key = Runtime.Key(qualifier: qualifier(exchange), session: name)
        guard runtime.stop(key) else {
            throw EdgeFailure(.notFound, "There is no session '\(name)'.")
        }
        var fields: Fields = [HeaderRules.session: session]
        request.add(to: &fields)
        exchange.answer(.ok, Array("{}".utf8), fields)
    }

    // MARK: Where tokens come from

    private func metadataAddress(_ exchange: HTTPExchange) -> String {
        let path = exchange.head.pathText.split(separator: "/").prefix(2).joined(separator: "/")
        return "\(host.base)/\(path)/invocations/.well-known/oauth-protected-resource"
            + "?qualifier=\(qualifier(exchange))"
    }

    /// RFC 9728.
    private func showMetadata(_ runtime: Runtime?, _ exchange: HTTPExchange) throws(EdgeFailure) {
        guard let runtime, runtime.settings.access.mode == .jwt else {
            throw EdgeFailure(.unknownOperation, "There is no protected resource here.")
        }
        let path = exchange.head.pathText.split(separator: "/").prefix(2).joined(separator: "/")
        let resource = "\(host.base)/\(path)/invocations?qualifier=\(qualifier(exchange))"
        exchange.answer(.ok, ResourceMetadata.json(resource: resource, issuer: issuer))
    }
}

/// The document that leads from a protected resource to who gives tokens for it (RFC 9728).
enum ResourceMetadata {
    static func json(resource: String, issuer: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("authorization_servers")
        writer.beginArray()
        writer.string(issuer)
        writer.endArray()
        writer.key("resource")
        writer.string(resource)
        writer.endObject()
        return writer.bytes
    }
}
