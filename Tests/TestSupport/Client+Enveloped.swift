extension Client {
    /// Makes a request that brings its own envelope, as 2026-07-28 does.
    ///
    /// `params` are members of its parameters besides `_meta`, `meta` members of that besides the
    /// envelope; both begin with a comma or are empty.
    package func enveloped(
        _ id: String, _ method: String, _ params: String = "", meta: String = "",
        capabilities: String = "{}", version: String = "2026-07-28"
    ) {
        request(
            id, method,
            #"{"_meta":{"io.modelcontextprotocol/protocolVersion":"\#(version)","#
                + #""io.modelcontextprotocol/clientCapabilities":\#(capabilities)\#(meta)}\#(params)}"#
        )
    }

    /// Opens a listen with this filter.
    package func listen(_ id: String, _ filter: String) {
        enveloped(id, "subscriptions/listen", #","notifications":\#(filter)"#)
    }
}
