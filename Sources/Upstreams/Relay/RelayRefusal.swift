import Aggregator
import Machine
import Wire

/// A status that says no, and the error that came with it.
package struct RelayRefusal: Sendable {
    package let status: Int
    /// The error's name, or the status where it has none.
    package let code: String
    /// What the service says.
    package let message: String
    /// How often it had been sent before.
    package var retries = 0
    /// The same as the one table of what may be sent again reads it.
    let answered: HTTPRefusal
    /// The JSON-RPC error that the body is.
    let answer: Parcel?

    private static let expired: Set<String> = [
        "ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "RequestExpired",
        "UnrecognizedClientException",
    ]

    /// Reads a refusal.
    init(_ status: Int, _ fields: HTTPFields, _ body: [UInt8]) {
        self.status = status
        let parcel = body.isEmpty ? nil : try? Parcel(body)
        answer = parcel?.error == nil ? nil : parcel
        let value = parcel.map { Value($0.bytes, Extent(0..<$0.bytes.count)) }
        let type = fields["x-amzn-errortype"] ?? (value?["__type"] ?? value?["code"])?.string
        code = type.map(Self.name) ?? "\(status)"
        let text = (value?["message"] ?? value?["Message"])?.string ?? parcel?.error?.message
        message = text ?? "The service answered with the status \(status)."
        answered = HTTPRefusal(status, fields, answer?.message, body: body)
    }

    /// Whether credentials were refused because they have expired.
    package var isExpiry: Bool { Self.expired.contains(code) }

    /// Whether what was refused may have been carried out.
    var mayHaveRun: Bool {
        switch AgentCoreTrouble(answered) {
        case .failed, .broken, .late, .starting: true
        case nil: status >= 500
        default: false
        }
    }

    /// Whether the session was being started or stopped, which only the service says.
    var isSettingUp: Bool { AgentCoreTrouble(answered) == .settingUp }

    /// Whether the server does not know the session.
    var isLostSession: Bool {
        let verdict = SessionLoss.judge(
            status: status, code: answer?.error?.code, message: answer?.error?.message ?? message)
        return verdict == .certain
    }

    /// `com.amazonaws.x#Name`, `Name:http://…` (AWS JSON protocols, "Operation error serialization").
    private static func name(_ type: String) -> String {
        String((type.split(separator: "#").last ?? "").prefix { $0 != ":" })
    }
}
