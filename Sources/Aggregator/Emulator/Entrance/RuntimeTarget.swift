import Wire

/// What the path of a request at the runtime edge names (AgentCore, data plane API).
struct RuntimeTarget: Equatable {
    /// The operations that have a path of their own.
    enum Operation: Equatable {
        case invoke
        case stop
        /// The public document that says where tokens come from (RFC 9728).
        case metadata
        /// An operation that is not emulated.
        case other
    }

    /// An ARN or an id, decoded once.
    let runtime: String
    let operation: Operation

    /// Reads a path as it came; nil when it is none of the service's.
    ///
    /// A client that leaves the slash of an ARN unencoded has one segment more and names nothing.
    init?(path: String) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        guard parts.count >= 3, parts.first == "runtimes",
            let runtime = PercentCoding.decode(parts[parts.startIndex + 1]), !runtime.isEmpty,
            let operation = Self.operation(parts.dropFirst(2).joined(separator: "/"))
        else { return nil }
        self.runtime = runtime
        self.operation = operation
    }

    private static func operation(_ rest: String) -> Operation? {
        switch rest {
        case "invocations": .invoke
        case "stopruntimesession": .stop
        case "invocations/.well-known/oauth-protected-resource": .metadata
        case "commands", "ws", "ws/shells", "invocations/.well-known/agent-card.json": .other
        default: nil
        }
    }
}

/// Percent signs in parts of URLs and in forms (RFC 3986, section 2.1).
enum PercentCoding {
    /// The text behind its percent signs; nil when one is not followed by two digits.
    static func decode(_ text: some StringProtocol, plusIsBlank: Bool = false) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                guard let high = rest.popFirst().flatMap(digit),
                    let low = rest.popFirst().flatMap(digit)
                else { return nil }
                bytes.append(high << 4 | low)
            } else {
                bytes.append(plusIsBlank && byte == UInt8(ascii: "+") ? 0x20 : byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// The pairs of a query or a form, decoded; one that is malformed is left out.
    static func pairs(_ text: some StringProtocol) -> [(name: String, value: String)] {
        text.split(separator: "&").compactMap { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = decode(parts[0], plusIsBlank: true) else { return nil }
            guard parts.count == 2 else { return (name, "") }
            return decode(parts[1], plusIsBlank: true).map { (name, $0) }
        }
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}

extension RequestHead {
    /// The value of a parameter of the query, decoded.
    func parameter(_ name: String) -> String? {
        guard let query else { return nil }
        return PercentCoding.pairs(String(decoding: query, as: UTF8.self))
            .first { $0.name == name }?.value
    }
}
