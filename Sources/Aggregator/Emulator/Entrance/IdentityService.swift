import Machine
import Wire

/// Tells callers who they are: `GetCallerIdentity` of the Security Token Service (API version
/// 2011-06-15), and nothing else of it.
struct IdentityService: Sendable {
    private static let namespace = "https://sts.amazonaws.com/doc/2011-06-15/"
    private static let action = "GetCallerIdentity"

    let signatures: SignatureCheck
    let account: String

    /// Answers a request for the service.
    func handle(_ exchange: HTTPExchange) {
        do throws(EdgeFailure) {
            guard case .signature(let text) = Proof(exchange.head.fields) else {
                throw EdgeFailure(
                    .signature("MissingAuthenticationToken"), "Request is missing a signature.")
            }
            let caller = try signatures.caller(exchange, text)
            let form = String(decoding: exchange.body, as: UTF8.self).split(separator: "&")
            guard form.contains("Action=\(Self.action)") else {
                throw EdgeFailure(.validation, "Only \(Self.action) is emulated.")
            }
            answer(exchange, .ok, identity(of: caller))
        } catch {
            answer(exchange, error.status, Self.refusal(error))
        }
    }

    private func identity(of caller: EdgeCaller) -> String {
        let session = caller.name.split(separator: "/").last.map(String.init) ?? ""
        let isRole = caller.name.contains(":assumed-role/")
        let user = isRole ? "AROAEMULATED0EXAMPLE:\(session)" : "AIDAEMULATED0EXAMPLE"
        return """
            <\(Self.action)Response xmlns="\(Self.namespace)"><\(Self.action)Result>\
            <Arn>\(Self.escaped(caller.name))</Arn><UserId>\(Self.escaped(user))</UserId>\
            <Account>\(account)</Account></\(Self.action)Result><ResponseMetadata>\
            <RequestId>\(UniqueName.make())</RequestId></ResponseMetadata></\(Self.action)Response>
            """
    }

    private static func refusal(_ failure: EdgeFailure) -> String {
        """
        <ErrorResponse xmlns="\(namespace)"><Error><Type>Sender</Type>\
        <Code>\(failure.type)</Code><Message>\(escaped(failure.message))</Message></Error>\
        <RequestId>\(UniqueName.make())</RequestId></ErrorResponse>
        """
    }

    private func answer(_ exchange: HTTPExchange, _ status: Status, _ xml: String) {
        var fields: Fields = [:]
        fields.set(.contentType, "text/xml")
        RequestName(signatures.clock).add(to: &fields)
        exchange.respond(status, fields, body: Array(xml.utf8))
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { xml, character in
            switch character {
            case "&": xml += "&amp;"
            case "<": xml += "&lt;"
            case ">": xml += "&gt;"
            default: xml.append(character)
            }
        }
    }
}
