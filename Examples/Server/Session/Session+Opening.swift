import Wire

extension Session {
    /// The revisions it speaks, newest first; one it does not know is answered with the newest.
    private static let revisions = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"]

    /// The handshake: who we are and what we can do.
    func open(_ params: Value?) -> JSON {
        capabilities = params?["capabilities"]
        let proposed = params?["protocolVersion"]?.string ?? ""
        let revision = Self.revisions.first { $0 == proposed } ?? Self.revisions[0]
        return [
            "protocolVersion": .string(revision),
            "capabilities": [
                "tools": ["listChanged": true],
                "prompts": ["listChanged": false],
                "resources": ["subscribe": true, "listChanged": false],
                "completions": [:],
                "logging": [:],
            ],
            "serverInfo": [
                "name": .string(options.name),
                "title": "Example server",
                "version": "1.0.0",
                "icons": .icons,
            ],
            "instructions": "Call 'echo' to see that '\(options.name)' is there.",
        ]
    }

    /// One page of a list; a cursor is the number of the first item of its page.
    func page(of items: [JSON], as key: String, _ params: Value?) throws(Failure) -> JSON {
        var start = 0
        if let cursor = params?["cursor"] {
            guard let number = cursor.string.flatMap({ Int($0) }), items.indices.contains(number)
            else { throw .invalid("'cursor' is none that this server gave out.") }
            start = number
        }
        let end = min(start + options.pageSize, items.count)
        let page = JSON.object([(key, .array(Array(items[start..<end])))])
        return end < items.count ? page.with(["nextCursor": "\(end)"]) : page
    }
}
