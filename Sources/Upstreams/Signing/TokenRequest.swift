import Machine
import Wire

extension OAuthSettings {
    /// The request for a token, with the secret in it.
    var tokenRequest: HTTPClientRequest {
        var form = [("grant_type", "client_credentials")]
        if !scopes.isEmpty { form.append(("scope", scopes.joined(separator: " "))) }
        if let audience { form.append(("audience", audience)) }
        if let resource { form.append(("resource", resource)) }
        var fields = [
            (name: "Content-Type", value: "application/x-www-form-urlencoded"),
            (name: "Accept", value: "application/json"),
        ]
        switch proof {
        case .basic:
            let pair = "\(Self.encode(clientId)):\(Self.encode(clientSecret))"
            fields.append(
                (name: "Authorization", value: "Basic \(Base64.encode(Array(pair.utf8)))"))
        case .post:
            form += [("client_id", clientId), ("client_secret", clientSecret)]
        }
        let body = form.map { "\(Self.encode($0.0))=\(Self.encode($0.1))" }.joined(separator: "&")
        var request = HTTPClientRequest(
            "POST", tokenURL, fields: fields, body: Array(body.utf8))
        request.deadlines.total = .seconds(30)
        request.bodyLimit = 1 << 20
        return request
    }

    /// `application/x-www-form-urlencoded`, for the body and for both halves of a Basic proof
    /// (RFC 6749, appendix B).
    static func encode(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        return text.utf8.reduce(into: "") { encoded, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "*"):
                encoded.unicodeScalars.append(UnicodeScalar(byte))
            case UInt8(ascii: " "): encoded += "+"
            default: encoded += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
    }
}
