import Testing
import Wire

/// What a stream of requests turned out to be, in a form that can be compared.
enum Outcome: Hashable {
    /// A request was read to its end.
    case request(line: String, fields: [String], body: String)
    /// A request's head was read, and a part of its body.
    case begun(line: String, body: String)
    /// Nothing can be read any more.
    case refused(Refusal)

    /// The line of a request that was read to its end.
    var line: String? {
        if case .request(let line, _, _) = self { return line }
        return nil
    }

    /// The body of a request that was read to its end.
    var body: String? {
        if case .request(_, _, let body) = self { return body }
        return nil
    }
}

extension RequestHead {
    /// Its parts on one line.
    var summary: String {
        let query = query.map { "?" + text($0) } ?? ""
        let flags = (keepsAlive ? "" : " close") + (expectsContinue ? " expects" : "")
        return "\(methodName) \(pathText)\(query) 1.\(minorVersion)\(flags)"
    }
}

/// What a parser makes of a stream that comes in parts.
func outcomes(of parts: [ArraySlice<UInt8>], _ limits: RequestLimits = .standard) -> [Outcome] {
    var parser = RequestParser(limits: limits)
    var outcomes: [Outcome] = []
    var head: RequestHead?
    var body: [UInt8] = []
    for part in parts {
        let bytes = Array(part)
        var at = 0
        while let event = parser.next(bytes.span, from: &at) {
            switch event {
            case .head(let found): head = found
            case .body(let range): body += bytes[range]
            case .end:
                let fields = head?.fields.map { "\($0.name.text): \($0.value.text)" } ?? []
                outcomes.append(
                    .request(line: head?.summary ?? "", fields: fields, body: text(body)))
                (head, body) = (nil, [])
            case .refused(let refusal):
                outcomes.append(.refused(refusal))
                head = nil
            }
        }
    }
    if let head { outcomes.append(.begun(line: head.summary, body: text(body))) }
    return outcomes
}

/// The same however the stream is cut: whole, byte by byte, and in two at every offset.
func outcomes(
    of stream: [UInt8], _ limits: RequestLimits = .standard,
    at location: SourceLocation = #_sourceLocation
) -> [Outcome] {
    let whole = outcomes(of: [stream[...]], limits)
    let single = outcomes(of: stream.indices.map { stream[$0...$0] }, limits)
    #expect(single == whole, sourceLocation: location)
    for cut in stream.indices {
        let halves = outcomes(of: [stream[..<cut], stream[cut...]], limits)
        if halves != whole {
            Issue.record("cut at \(cut): \(halves) instead of \(whole)", sourceLocation: location)
        }
    }
    return whole
}

/// The same of a text.
func outcomes(
    of stream: String, _ limits: RequestLimits = .standard,
    at location: SourceLocation = #_sourceLocation
) -> [Outcome] {
    outcomes(of: utf8(stream), limits, at: location)
}
