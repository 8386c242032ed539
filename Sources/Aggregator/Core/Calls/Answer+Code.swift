import Wire

extension Answer {
    /// The code of the error that it is; nil when it is none.
    package var errorCode: Int? {
        switch self {
        case .relayed(let draft):
            draft.message.error.flatMap { draft.message.value($0)["code"]?.integer }
        case .result: nil
        case .error(let json, _): Value(json, Extent(0..<json.count))["code"]?.integer
        }
    }

    /// Whether it came from an upstream.
    package var isRelayed: Bool {
        if case .relayed = self { true } else { false }
    }
}
