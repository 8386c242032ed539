import Aggregator
import Machine
import Wire

/// Why the platform itself refuses a request: one table for its two ways of saying so.
struct EdgeFailure: Error {
    /// The exceptions of the data plane, and what stands in front of it.
    enum Kind: Equatable {
        case validation, unauthorized, quota, accessDenied, notFound
        case conflict, retryableConflict, runtimeClient, throttling, internalServer, timeout
        case notAcceptable, unknownOperation, methodNotAllowed
        /// A gateway's words about sessions.
        case missingSession, unknownSession
        /// Said by the door that checks signatures, in its own words; always JSON of AWS.
        case signature(String)
        /// A token that is none; also said in front of the service.
        case token
    }

    let kind: Kind
    let message: String
    /// Fields that go with it, such as where a token is to be had.
    var fields: Fields = [:]

    init(_ kind: Kind, _ message: String, _ fields: Fields = [:]) {
        self.kind = kind
        self.message = message
        self.fields = fields
    }

    /// The value of `x-amzn-ErrorType`.
    var type: String {
        switch kind {
        case .validation: "ValidationException"
        case .unauthorized: "UnauthorizedException"
        case .quota: "ServiceQuotaExceededException"
        case .accessDenied, .token: "AccessDeniedException"
        case .notFound: "ResourceNotFoundException"
        case .conflict: "ConflictException"
        case .retryableConflict: "RetryableConflictException"
        case .runtimeClient: "RuntimeClientError"
        case .throttling: "ThrottlingException"
        case .internalServer, .timeout: "InternalServerException"
        case .notAcceptable: "NotAcceptableException"
        case .unknownOperation: "UnknownOperationException"
        case .methodNotAllowed: "MethodNotAllowedException"
        case .missingSession: "ValidationException"
        case .unknownSession: "ResourceNotFoundException"
        case .signature(let type): type
        }
    }

    /// The status where the answer is plain JSON.
    var status: Status {
        switch kind {
        case .validation, .missingSession: .badRequest
        case .unauthorized: .unauthorized
        case .quota: Status(402)
        case .accessDenied, .signature, .token: .forbidden
        case .notFound, .unknownOperation, .unknownSession: .notFound
        case .conflict, .retryableConflict: .conflict
        case .runtimeClient: .failedDependency
        case .throttling: .tooManyRequests
        case .internalServer: .internalServerError
        case .timeout: .gatewayTimeout
        case .notAcceptable: .notAcceptable
        case .methodNotAllowed: .methodNotAllowed
        }
    }

    /// The code and status where it is a JSON-RPC error (AgentCore, "MCP protocol contract"); nil for
    /// what is said before the contract of a runtime matters.
    var rpc: (code: Int, status: Status)? {
        switch kind {
        case .unauthorized: (-32001, .unauthorized)
        case .accessDenied: (-32002, .forbidden)
        case .throttling, .quota: (-32003, .ok)
        case .notFound: (-32004, .ok)
        case .conflict, .retryableConflict: (-32005, .ok)
        case .validation: (-32006, .ok)
        case .runtimeClient: (-32010, .ok)
        case .notAcceptable: (-32011, .notAcceptable)
        case .internalServer: (-32603, .ok)
        case .missingSession: (-32600, .badRequest)
        case .unknownSession: (-32001, .notFound)
        // What a load balancer says has no surface.
        case .timeout, .unknownOperation, .methodNotAllowed, .signature, .token: nil
        }
    }

    /// The text that says that a session is being made or ended; clients look for it.
    static let inProgress = Self(
        .retryableConflict, "Session operation in progress, please retry")

    /// What a program's own error becomes.
    static func program(_ status: Int) -> Self {
        Self(
            .runtimeClient,
            "Received error (\(status)) from runtime. Please check your CloudWatch logs for more "
                + "information.")
    }

    static let initialization = Self(
        .runtimeClient,
        "Runtime initialization time exceeded. Please make sure that initialization completes in 120s."
    )
    static let unhealthy = Self(
        .runtimeClient,
        "Runtime health check failed or timed out. Please make sure that health check is implemented "
            + "according to the requirements.")
}

/// Which of the two ways of an answer a client expects.
enum Surface {
    case json
    /// JSON-RPC, for a request with this id; null without one.
    case rpc(id: [UInt8])

    /// The surface of a runtime for what came in.
    init(_ contract: RuntimeSettings.Contract, _ body: [UInt8]) {
        switch contract {
        case .http: self = .json
        case .mcp: self = .rpc(id: Self.id(body))
        }
    }

    /// The token of a request's id; null when there is none to find.
    static func id(_ body: [UInt8]) -> [UInt8] {
        guard let message = try? Message(scanning: body), message.kind == .request,
            let id = message.id
        else { return Array("null".utf8) }
        return Array(message[id])
    }
}

extension HTTPExchange {
    /// Answers with a failure in the words of a surface.
    func refuse(_ failure: EdgeFailure, _ surface: Surface, _ request: RequestName) {
        var fields = failure.fields
        fields.set(.contentType, "application/json")
        request.add(to: &fields)
        if let type = FieldValue(failure.type) { fields.set("x-amzn-ErrorType", type) }
        if case .rpc(let id) = surface, let rpc = failure.rpc {
            var bytes: [UInt8] = []
            let message =
                failure.kind == .runtimeClient
                ? "Tool execution error - \(failure.message)" : failure.message
            Answer.error(Answer.error(code: rpc.code, message)).write(id: id[...], into: &bytes)
            return respond(rpc.status, fields, body: bytes)
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("message")
        writer.string(failure.message)
        writer.endObject()
        respond(failure.status, fields, body: writer.bytes)
    }
}

/// The name that the platform gives a request, for its logs and its answer, and when it came.
struct RequestName: Sendable {
    let text = UniqueName.make()
    let date: String

    /// A name for a request that comes now.
    init(_ clock: ServiceClock) { date = clock.httpDate }

    /// Puts it where callers find it; those whose clock is wrong learn the time.
    func add(to fields: inout Fields) {
        if let value = FieldValue(text) { fields.set("x-amzn-RequestId", value) }
        if let value = FieldValue(date) { fields.set("Date", value) }
    }
}

/// Names nobody else has, as UUIDs of version 4 (RFC 9562, section 5.4).
enum UniqueName {
    static func make() -> String {
        var bytes = Randomness.bytes(16)
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = Array(Digest.hexadecimal(bytes))
        let ends = [8, 12, 16, 20, 32]
        return zip([0] + ends, ends).map { String(digits[$0..<$1]) }.joined(separator: "-")
    }
}
