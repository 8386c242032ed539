import Wire

extension Configuration.Upstream {
    /// The form of an upstream's name: it becomes part of published names.
    package static let nameForm = Schema.Form(
        pattern: "^[a-z0-9][a-z0-9-]{0,19}$",
        words: "of 1 to 20 lower-case letters, digits and '-', not beginning with '-'")

    /// Whether a text can be an upstream's name.
    package static func isName(_ text: String) -> Bool {
        (1...20).contains(text.utf8.count) && text.utf8.first != UInt8(ascii: "-")
            && text.utf8.allSatisfy { $0.isNameByte && !(0x41...0x5A ~= $0) && $0 != 0x5F }
    }

    /// The section `upstreams`, or another one of such entries, which messages call by a noun.
    package static func all(of kinds: [Kind], as noun: String = "upstream") -> Format<[Self]> {
        let section = Format<UpstreamEntry>.object(UpstreamEntry.shape(of: kinds))
            .mapping(of: noun, keys: nameForm, where: isName)
        return section.map(
            { entries in entries.compactMap { $0.value.finished(as: $0.key) } }, back: { _ in nil })
    }
}

/// An upstream while its entry is being read: its kind is known once its key was met.
private struct UpstreamEntry: Sendable {
    var upstream = Configuration.Upstream(name: "", kind: "", settings: Nothing())
    var hasKind = false
    /// What holds where the entry says nothing.
    var usual = Kind.Usual()
    /// Which timeouts the entry gives.
    var given: Set<String> = []

    struct Nothing: Settings {}

    /// The upstream, or nil when its kind could not be read, which was reported.
    func finished(as name: String) -> Configuration.Upstream? {
        var upstream = upstream
        upstream.name = name
        upstream.rename.merge(usual.rename) { own, _ in own }
        if !given.contains("start") { upstream.timeouts.start = usual.timeouts.start }
        if !given.contains("idle") { upstream.timeouts.idle = usual.timeouts.idle }
        if !given.contains("total") { upstream.timeouts.total = usual.timeouts.total }
        return hasKind ? upstream : nil
    }

    static func shape(of kinds: [Kind]) -> Shape<UpstreamEntry> {
        var shape = Shape(UpstreamEntry(), kinds.map(key) + common)
        shape.alternatives = kinds.map(\.name)
        shape.hint = { unknown in
            let home = kinds.first { kind in
                guard case .object(let object) = kind.schema.schema else { return false }
                return object.keys.contains { $0.name == unknown }
            }
            return home.map { "it belongs under '\($0.name)'" }
        }
        return shape
    }

    /// The key of a kind: its settings are spoken of as the upstream's own.
    private static func key(of kind: Kind) -> Key<UpstreamEntry> {
        Key(custom: kind.name, schema: kind.schema) { entry, entered, reading in
            guard let settings = kind.settings(entry, &reading) else { return }
            entered.upstream.kind = kind.name
            entered.upstream.settings = settings
            entered.hasKind = true
            entered.usual = kind.usual
        }
    }

    /// Notes besides which of them are given: the others are the kind's own.
    private static let timeouts: Key<UpstreamEntry> = {
        let format = Format<Configuration.Timeouts>.object(.timeouts)
        let schema: @Sendable () -> Schema.Key = {
            Schema.Key(
                name: "timeouts", documentation: "How long to wait for it.",
                schema: format.schema)
        }
        return Key(custom: "timeouts", schema: schema()) { entry, entered, reading in
            entered.given = Set(entry.value.entries?.map(\.key) ?? [])
            let timeouts = reading.within(reading.part("'timeouts'")) {
                format.read(entry.value, &$0)
            }
            if let timeouts { entered.upstream.timeouts = timeouts }
        }
    }()

    private static let common: [Key<UpstreamEntry>] = [
        Key(
            "prefix", \.upstream.prefix, .string(.prefix, where: Schema.Form.isPrefix),
            "What its published names begin with instead of its name; empty for nothing.",
            example: "\"\""),
        Key("title", \.upstream.title, .string, "The name shown to people.", example: "Wall clock"),
        Key(
            "rename", \.upstream.rename, Format<String>.publishedName.dictionary().ofTools(),
            "Original tool name to the name it is published under, before the prefix.",
            example: "{ get_current_time: now }"),
        Key(
            "hide", \.upstream.hide, Format<String>.filled.ofNames([.tool, .prompt]).list(),
            "Names or globs of tools that are not published.", example: "[\"admin_*\"]"),
        Key("enabled", \.upstream.isEnabled, .bool, "Whether the upstream is used at all."),
        Key(
            "era", \.upstream.era, .choice,
            "Which protocol it speaks: `legacy` opens with `initialize`, `modern` is 2026-07-28 or "
                + "later, `auto` finds out."),
        timeouts,
        Key("stop", \.upstream.stop, .object(.stop), "How to stop its process."),
    ]
}

extension Shape<Configuration.Timeouts> {
    fileprivate static let timeouts = Shape(
        Configuration.Timeouts(),
        [
            Key(
                "start", \.start, .duration,
                "For the handshake, and for each page of its lists."),
            Key(
                "idle", \.idle, .duration,
                "Without an answer, progress or a question on an open call."),
            Key("total", \.total, .durationOrNone, "For a whole call."),
        ])
}

extension Shape<Configuration.Stop> {
    fileprivate static let stop = Shape(
        Configuration.Stop(),
        [
            Key("closing", \.closing, .duration, "From closing its input to SIGTERM."),
            Key("terminating", \.terminating, .duration, "From SIGTERM to SIGKILL."),
        ])
}
