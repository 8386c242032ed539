/// Why a request is not served: what it broke of the grammar of HTTP/1.1, or which limit.
///
/// After one the connection cannot go on, because nobody knows where the next request begins.
package enum Refusal: Error, Sendable, Hashable, CaseIterable {
    case requestLine, methodTooLong, target, targetTooLong, tunnel, version
    case control, bareReturn, bareFeed, folding, spaceBeforeColon, fieldName
    case headTooLarge, tooManyFields, nameTooLong, valueTooLong
    case hostMissing, hostRepeated, hostMalformed, authorityMismatch
    case lengthRepeated, lengthMalformed, lengthAndCoding, codingOfOldVersion, codingMalformed
    case codingUnknown, expectation, bodyTooLarge
    case chunkSize, chunkTooLarge, chunkExtension, chunkEnd, trailersTooLarge

    /// The status that its answer carries.
    package var status: Status {
        switch self {
        case .requestLine, .target, .control, .bareReturn, .bareFeed, .folding, .spaceBeforeColon,
            .fieldName, .hostMissing, .hostRepeated, .hostMalformed, .authorityMismatch,
            .lengthRepeated, .lengthMalformed, .lengthAndCoding, .codingOfOldVersion,
            .codingMalformed, .chunkSize, .chunkTooLarge, .chunkExtension, .chunkEnd:
            .badRequest
        case .methodTooLong, .tunnel, .codingUnknown: .notImplemented
        case .targetTooLong: .targetTooLong
        case .version: .versionNotSupported
        case .headTooLarge, .tooManyFields, .nameTooLong, .valueTooLong, .trailersTooLarge:
            .fieldsTooLarge
        case .expectation: .expectationFailed
        case .bodyTooLarge: .contentTooLarge
        }
    }

    /// The sentence for whoever sent it; it shows nothing of what was sent.
    package var sentence: String {
        switch self {
        case .requestLine: "The request line must be a method, a target and a version."
        case .methodTooLong: "The method is longer than any that is known."
        case .target: "The target must be a path, or a URL of http or https without a fragment."
        case .targetTooLong: "The target is longer than this server reads."
        case .tunnel: "This server is no proxy: it opens no tunnels."
        case .version: "This server speaks HTTP/1.1 and HTTP/1.0."
        case .control: "A control character stands in the head."
        case .bareReturn: "A carriage return stands alone."
        case .bareFeed: "A line ends without a carriage return."
        case .folding: "A header field goes on in a second line."
        case .spaceBeforeColon: "A blank stands between a header field's name and its colon."
        case .fieldName: "A header field must have a name of letters, digits and dashes."
        case .headTooLarge: "The head is larger than this server reads."
        case .tooManyFields: "There are more header fields than this server reads."
        case .nameTooLong: "A header field's name is longer than this server reads."
        case .valueTooLong: "A header field's value is longer than this server reads."
        case .hostMissing: "The header field 'Host' is missing."
        case .hostRepeated: "The header field 'Host' is there twice."
        case .hostMalformed: "The header field 'Host' must be a name or address, and a port if any."
        case .authorityMismatch: "The target and the header field 'Host' name different servers."
        case .lengthRepeated: "The header field 'Content-Length' is there twice."
        case .lengthMalformed: "The header field 'Content-Length' must be a decimal number."
        case .lengthAndCoding:
            "Both 'Content-Length' and 'Transfer-Encoding' say where the body ends."
        case .codingOfOldVersion: "HTTP/1.0 knows no 'Transfer-Encoding'."
        case .codingMalformed: "The header field 'Transfer-Encoding' must be 'chunked', once."
        case .codingUnknown: "The only transfer coding that this server knows is 'chunked'."
        case .expectation: "The only expectation that this server meets is '100-continue'."
        case .bodyTooLarge: "The body is larger than this server reads."
        case .chunkSize: "A chunk must begin with its size in hexadecimal digits."
        case .chunkTooLarge: "The size of a chunk is no possible number."
        case .chunkExtension: "A chunk's extension is malformed or too long."
        case .chunkEnd: "A chunk is longer or shorter than its size says."
        case .trailersTooLarge: "The trailers are larger than this server reads."
        }
    }
}
