/// How the end of a response's body is found.
package enum ResponseFraming: Sendable, Hashable {
    /// So many bytes.
    case length(Int)
    /// In chunks, the last of which is empty.
    case chunked
    /// By the end of the connection: for clients of HTTP/1.0.
    case untilClose
    /// There is none, and no word about its length.
    case none

    /// The framing of an answer to a request: a body of `length` bytes, or a stream without one.
    package init(answering head: RequestHead, _ status: Status, length: Int?) {
        self =
            if status.hasNoBody {
                .none
            } else if let length {
                .length(length)
            } else {
                head.minorVersion >= 1 ? .chunked : .untilClose
            }
    }
}

/// What a response says before its body.
package struct ResponseHead: Sendable {
    /// What became of the request.
    package var status: Status
    /// The header fields; those that say where the body ends, and whether the connection goes on,
    /// are left out, for `append` writes them itself.
    package var fields: Fields

    /// A head of these parts.
    package init(_ status: Status, _ fields: Fields = Fields()) {
        self.status = status
        self.fields = fields
    }

    /// Appends the head with its empty line.
    ///
    /// `minorVersion` is the client's: one of HTTP/1.0 has to be told that the connection goes on,
    /// one of HTTP/1.1 that it does not.
    package func append(
        _ framing: ResponseFraming, keepsAlive: Bool, minorVersion: Int, to bytes: inout [UInt8]
    ) {
        appendStatus(to: &bytes)
        appendFields(to: &bytes)
        switch framing {
        case .length(let count):
            bytes.append(contentsOf: "Content-Length: ".utf8)
            appendDecimal(count, to: &bytes)
            bytes.append(contentsOf: "\r\n".utf8)
        case .chunked: bytes.append(contentsOf: "Transfer-Encoding: chunked\r\n".utf8)
        case .untilClose, .none: break
        }
        if !keepsAlive || framing == .untilClose {
            bytes.append(contentsOf: "Connection: close\r\n".utf8)
        } else if minorVersion == 0 {
            bytes.append(contentsOf: "Connection: keep-alive\r\n".utf8)
        }
        bytes.append(contentsOf: "\r\n".utf8)
    }

    private func appendStatus(to bytes: inout [UInt8]) {
        if status == .ok { return bytes.append(contentsOf: "HTTP/1.1 200 OK\r\n".utf8) }
        bytes.append(contentsOf: "HTTP/1.1 ".utf8)
        appendDecimal(status.code, to: &bytes)
        bytes.append(0x20)
        bytes.append(contentsOf: status.phrase.utf8)
        bytes.append(contentsOf: "\r\n".utf8)
    }

    private func appendFields(to bytes: inout [UInt8]) {
        for entry in fields.entries {
            switch entry.known {
            case .connection, .contentLength, .keepAlive, .transferEncoding, .upgrade: continue
            default: break
            }
            bytes.append(fields.bytes, entry.nameRange)
            bytes.append(contentsOf: ": ".utf8)
            bytes.append(fields.bytes, entry.valueRange)
            bytes.append(contentsOf: "\r\n".utf8)
        }
    }
}
