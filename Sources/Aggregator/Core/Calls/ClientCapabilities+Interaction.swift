import Wire

/// What a client can be asked, and nothing else that it has said: by this, links are kept apart.
extension ClientCapabilities {
    /// Whether it can be asked anything.
    package var isInteractive: Bool {
        roots || sampling || elicitationForm || elicitationURL
    }

    /// The same capabilities as every client states them that can be asked the same.
    package var interactive: ClientCapabilities {
        let bits = [sampling, samplingTools, elicitationForm, elicitationURL, roots]
        return Self.all[bits.reversed().reduce(0) { $0 << 1 | ($1 ? 1 : 0) }]
    }

    /// Made once: there are few, and every request looks for its own.
    private static let all = (0..<32).map { bits in
        let json = interactive(
            sampling: bits & 1 != 0, tools: bits & 2 != 0, form: bits & 4 != 0, url: bits & 8 != 0,
            roots: bits & 16 != 0)
        return ClientCapabilities(Value(json, Extent(0..<json.count)))
    }

    private static func interactive(
        sampling: Bool, tools: Bool, form: Bool, url: Bool, roots: Bool
    ) -> [UInt8] {
        var members: [String] = []
        if sampling { members.append(#""sampling":{\#(tools ? #""tools":{}"# : "")}"#) }
        let modes = (form ? [#""form":{}"#] : []) + (url ? [#""url":{}"#] : [])
        if !modes.isEmpty { members.append(#""elicitation":{\#(modes.joined(separator: ","))}"#) }
        // Nobody is there to tell of changes between two requests.
        if roots { members.append(#""roots":{}"#) }
        return Array("{\(members.joined(separator: ","))}".utf8)
    }
}
