import Wire

/// What a client hands back with its answers, so that they reach the one upstream that asked
/// (MCP 2026-07-28, "Input required").
struct RoundState {
    let target: Target
    let method: Method
    /// The upstream's own `requestState`, a JSON string; nil when it gave none.
    let state: [UInt8]?
    /// A digest of the parameters that the question was asked about.
    let digest: [UInt8]
    /// The call that waits here for the answers, where an upstream asked with requests of its own.
    let park: String?

    /// For how long a client may take over its answers.
    static let life = Duration.seconds(3600)

    init(
        target: Target, method: Method, state: [UInt8]?, digest: [UInt8], park: String? = nil
    ) {
        self.target = target
        self.method = method
        self.state = state
        self.digest = digest
        self.park = park
    }

    /// Reads a record that was sealed here.
    init?(_ record: [UInt8]) {
        let value = Value(record, Extent(0..<record.count))
        guard let upstream = value["u"]?.string, let name = value["n"]?.text,
            let method = value["m"]?.text, let digest = value["d"]?.text
        else { return nil }
        self.init(
            target: Target(upstream: upstream, original: name), method: Method(method),
            state: value["s"]?.copy(), digest: digest, park: value["p"]?.string)
    }

    /// The record to be sealed.
    var record: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("u")
        writer.string(target.upstream)
        writer.key("n")
        writer.raw(target.token)
        writer.key("m")
        writer.string(method.name)
        writer.key("d")
        writer.string(String(decoding: digest, as: UTF8.self))
        if let state {
            writer.key("s")
            writer.raw(state)
        }
        if let park {
            writer.key("p")
            writer.string(park)
        }
        writer.endObject()
        return writer.bytes
    }

    /// The parameters that a repeated request must share with the first: all but what belongs to the
    /// round or to the hop, with the white space between tokens left out.
    static func essence(_ params: Value) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for (key, value) in params.members {
            switch key.string {
            case "_meta", "inputResponses", "requestState", "name", "uri": continue
            case let name:
                writer.key(name ?? "")
                writer.value(value)
            }
        }
        writer.endObject()
        return writer.bytes
    }
}
