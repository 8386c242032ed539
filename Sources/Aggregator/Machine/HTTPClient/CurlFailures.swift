import CCurl

/// What libcurl reports, in this project's words: the only place that knows its codes.
enum CurlFailures {
    /// The kind and the reason, a clause; nil for a code that has no words here.
    ///
    /// `errno` is the last system call's, 0 for none; `detail` is libcurl's own text.
    static func meaning(of code: CURLcode, errno: Int32, detail: String)
        -> (code: MachineFailure.Code, reason: String)?
    {
        let system = errno == 0 ? nil : lowered(MachineFailure.reason(errno))
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST: return (.unreachable, "its name could not be resolved")
        case CURLE_COULDNT_RESOLVE_PROXY:
            return (.unreachable, "the proxy's name could not be resolved")
        case CURLE_COULDNT_CONNECT: return (.unreachable, system ?? "no connection came about")
        case CURLE_PROXY: return (.unreachable, "the proxy refused")
        case CURLE_SSL_CONNECT_ERROR where noTLS.contains { detail.contains($0) }:
            return (
                .untrusted,
                "the server does not speak TLS, but perhaps plain HTTP ('http://' instead of "
                    + "'https://')"
            )
        case CURLE_SSL_CONNECT_ERROR:
            return (.untrusted, "the TLS handshake failed" + parenthesized(detail))
        case CURLE_PEER_FAILED_VERIFICATION:
            return (
                .untrusted,
                """
                its certificate was not accepted\(parenthesized(detail)). If a private authority \
                issued it, name that authority's certificate ('ca' of the entry, or SSL_CERT_FILE)
                """
            )
        case CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_ISSUER_ERROR, CURLE_USE_SSL_FAILED:
            return (.untrusted, "TLS could not be set up" + parenthesized(detail))
        case CURLE_OPERATION_TIMEDOUT: return (.timedOut, "it took too long")
        case CURLE_GOT_NOTHING:
            return (.closed, "the server closed the connection without an answer")
        case CURLE_SEND_ERROR, CURLE_RECV_ERROR:
            return (.closed, system ?? "the connection broke")
        case CURLE_PARTIAL_FILE: return (.closed, "the connection ended before the answer did")
        case CURLE_HTTP2, CURLE_HTTP2_STREAM:
            return (.closed, "the server ended the HTTP/2 stream")
        case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL:
            return (.system, "what came back is not HTTP")
        case CURLE_URL_MALFORMAT: return (.unusable, "the URL is malformed")
        case CURLE_OUT_OF_MEMORY: return (.system, "there is no memory left")
        default: return nil
        }
    }

    /// What TLS libraries say of an answer that is no record of TLS.
    private static let noTLS = ["wrong version number", "packet length too long"]

    private static func parenthesized(_ detail: String) -> String {
        detail.isEmpty ? "" : " (\(detail))"
    }

    /// A sentence of the system as a clause.
    private static func lowered(_ sentence: String) -> String {
        sentence.prefix(1).lowercased() + sentence.dropFirst()
    }
}
