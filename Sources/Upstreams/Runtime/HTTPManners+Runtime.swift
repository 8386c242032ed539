import Machine

extension HTTPManners {
    /// How runtimes are spoken to: each question without a session starts a machine, and whatever
    /// answer names the session says where the next call goes.
    ///
    /// `stop` is where a session's machine is stopped, if that is wanted.
    static func runtime(_ faults: AgentCoreFaults, stop: String?) -> HTTPManners {
        var manners = HTTPManners.agentCore(faults)
        manners.greetsFirst = true
        manners.keepsEverySession = true
        manners.coldStart = .seconds(5)
        manners.farewell = { route, context in stop.flatMap { route.stop($0, context) } }
        return manners
    }
}

extension HTTPRoute {
    /// The request that ends a session's machine (StopRuntimeSession).
    fileprivate func stop(_ url: String, _ context: RequestFields.Context) -> HTTPClientRequest? {
        guard let session = context.session, let place = try? Place(url) else { return nil }
        let fields = [
            (name: "Content-Type", value: "application/json"),
            (name: "X-Amzn-Bedrock-AgentCore-Runtime-Session-Id", value: session),
            (name: "Mcp-Session-Id", value: session),
        ]
        let token = Digest.hexadecimal(Randomness.bytes(20))
        return request("POST", place, fields, body: Array(#"{"clientToken":"\#(token)"}"#.utf8))
    }
}
