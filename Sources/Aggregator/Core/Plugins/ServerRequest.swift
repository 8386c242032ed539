package import Wire

/// Something that an upstream wants of its client in the middle of a call: an elicitation, sampling, roots.
///
/// Upstreams of 2026-07-28 ask inside of their results, which go through the chain as such; so that rules see
/// the same of all others, they are shown such a result.
package struct ServerRequest: Sendable {
    /// The request, as the upstream has sent it.
    package var message: Message
    /// The upstream, by its configured name.
    package let upstream: String
    /// On whose behalf the upstream works.
    package let principal: Principal
    /// Whose call it is about, where that is known.
    package let caller: Caller?

    package init(
        _ message: Message, upstream: String, principal: Principal, caller: Caller?
    ) {
        self.message = message
        self.upstream = upstream
        self.principal = principal
        self.caller = caller
    }

    /// Under which name it stands among the requests for input.
    private static let key = "request"

    /// The result that asks for the same (MCP 2026-07-28, "Input required"); nil where there is nothing
    /// to judge.
    var asResult: [UInt8]? {
        guard let params = message.params else { return nil }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("resultType")
        writer.string("input_required")
        writer.key("inputRequests")
        writer.beginObject()
        writer.key(Self.key)
        writer.beginObject()
        writer.key("method")
        writer.string(message.method.name)
        writer.key("params")
        writer.raw(message.value(params).raw)
        writer.endObject()
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }

    /// The same request with the parameters of what a rule has made of that result.
    func replacing(_ json: [UInt8]) throws(RuleFault) -> Self {
        let requests = Value(json, Extent(0..<json.count))["inputRequests"]
        guard let request = requests?[Self.key], let new = request["params"],
            new.kind == .object, let old = message.params
        else { throw RuleFault("the request is not there any more.") }
        guard request["method"]?.isText(message.method.name) == true else {
            throw RuleFault("'method' must not be changed.")
        }
        try Replacement.check(new.copy(), instead: message.value(old), .parameters)
        var changed = self
        changed.message = try Replacement.scan(Draft(message, replacing: old, with: new.copy()))
        return changed
    }
}
