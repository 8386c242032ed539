import Wire

extension ScriptedConnection {
    private static let prefix = "io.modelcontextprotocol/"

    /// Does what a server of 2026-07-28 does, and notes what it should not have been sent; false for
    /// what is answered as in older revisions.
    func obligeModern(_ request: Received) -> Bool {
        let meta = request.params.value("_meta")
        guard meta?["\(Self.prefix)protocolVersion"]?.string == "2026-07-28",
            meta?["\(Self.prefix)clientCapabilities"]?.kind == .object
        else {
            if server.isLegacy { return false }
            refuse(request)
            return true
        }
        switch request.method {
        case "server/discover": answer(request, discovery)
        case "subscriptions/listen": acknowledge(request)
        case "initialize", "ping", "logging/setLevel", "resources/subscribe",
            "resources/unsubscribe":
            server.complaints.append("'\(request.method)' is not of this revision")
            fail(request, code: -32601, "Method not found")
        default: return false
        }
        return true
    }

    private func refuse(_ request: Received) {
        unanswered[request.id] = nil
        let isGreeting = request.method == "initialize"
        if !isGreeting { server.complaints.append("'\(request.method)' has no envelope") }
        let data = #","data":{"supported":["2026-07-28"],"requested":"2025-11-25"}"#
        say(
            #"{"jsonrpc":"2.0","id":\#(request.id),"error":{"code":\#(isGreeting ? -32022 : -32602),"#
                + #""message":"no"\#(isGreeting ? data : "")}}"#)
    }

    private var discovery: String {
        let instructions = server.instructions.map { #","instructions":"\#($0)""# } ?? ""
        return #"{"resultType":"complete","supportedVersions":["2026-07-28"],"capabilities":{"#
            + capabilities + #"}\#(instructions),"ttlMs":0,"cacheScope":"private","_meta":{"#
            + #""\#(Self.prefix)serverInfo":{"name":"\#(server.name)","version":"1"}}}"#
    }

    // MARK: Listening

    /// Agrees to announce what it is asked for, and keeps the request open.
    private func acknowledge(_ request: Received) {
        let asked = request.params.json("notifications") ?? "{}"
        say(
            #"{"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":{"_meta":{"#
                + #""\#(Self.prefix)subscriptionId":\#(request.id)},"notifications":\#(asked)}}"#)
    }

    /// Says something on every request to listen that is open, with `params` before its tag.
    package func announce(_ method: String, _ params: String = "") {
        for listen in server.open("subscriptions/listen") {
            say(
                #"{"jsonrpc":"2.0","method":"\#(method)","params":{\#(params)"_meta":{"#
                    + #""\#(Self.prefix)subscriptionId":\#(listen.id)}}}"#)
        }
    }
}
