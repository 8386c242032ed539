import Wire

/// What of a recording is nearest to something that is not in it.
extension RecordedServer {
    /// The parameters that have most in common with those of a request for the same thing.
    func nearest(to question: Question, _ request: Message) -> [UInt8]? {
        let asked = Self.parts(question.params)
        let subject = (request.name ?? request.uri).flatMap { request.value($0).string }
        let candidates = order.filter {
            $0.method == question.method && Self.subject($0.params) == subject
        }
        let scored = candidates.map { candidate in
            let parts = Self.parts(candidate.params)
            let shared = parts.intersection(asked).count
            return (candidate, Double(shared) / Double(max(1, parts.union(asked).count)))
        }
        return scored.max { $0.1 < $1.1 }?.0.params
    }

    private static func subject(_ params: [UInt8]) -> String? {
        let value = Value(params, Extent(0..<params.count))
        return (value["name"] ?? value["uri"])?.string
    }

    /// Every leaf of a document with the way to it.
    private static func parts(_ json: [UInt8]) -> Set<String> {
        var parts: Set<String> = []
        collect(Value(json, Extent(0..<json.count)), "", into: &parts)
        return parts
    }

    private static func collect(_ value: Value, _ way: String, into parts: inout Set<String>) {
        switch value.kind {
        case .object:
            for (key, member) in value.members {
                collect(member, "\(way)/\(key.string ?? "")", into: &parts)
            }
        case .array: for element in value.elements { collect(element, "\(way)/", into: &parts) }
        case .string, .number, .true, .false, .null:
            parts.insert("\(way)=\(String(decoding: value.raw, as: UTF8.self))")
        }
    }
}
