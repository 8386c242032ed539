import Wire

/// Who is behind a result that is an error: the tool, or something before it; pure.
struct CallBlame: Sendable {
    /// What to say of it; a clause without a period.
    let sentence: String
    /// The upstream whose last words may say more; nil where it is not its fault.
    let upstream: String?

    /// Judges a result of `tools/call`; nil where it is no error.
    ///
    /// What Manifold or a plugin made says in `_meta` whether the tool ran.
    init?(_ result: Value) {
        guard result["isError"]?.bool == true else { return nil }
        let meta = result["_meta"]
        guard let executed = meta?["manifold/executed"]?.string else {
            sentence = "the tool reported an error"
            upstream = nil
            return
        }
        if let plugin = meta?["manifold/plugin"]?.string {
            let (deed, fate) = Self.deed(executed)
            sentence = "the plugin '\(plugin)' \(deed)" + Self.more(fate, result)
            upstream = nil
        } else {
            let (loss, fate) = Self.loss(executed)
            sentence = loss + Self.more(fate, result)
            upstream = meta?["manifold/upstream"]?.string
        }
    }

    /// What became of the tool, unless the text of the result has said so.
    private static func more(_ fate: String?, _ result: Value) -> String {
        guard let fate else { return "" }
        let isSaid = result["content"]?.elements.contains { part in
            part["text"]?.string?.mentions(fate) == true
        }
        return isSaid == true ? "" : "; the tool \(fate)"
    }

    /// What a plugin did, by whether the tool ran, and that in words.
    private static func deed(_ executed: String) -> (String, fate: String?) {
        switch executed {
        case "no": ("refused the call", "did not run")
        case "yes": ("kept the answer back", "has run")
        default: ("ended the call", "may have run")
        }
    }

    /// The same of a call that no plugin was against.
    private static func loss(_ executed: String) -> (String, fate: String?) {
        switch executed {
        case "no": ("the call did not reach the tool", nil)
        case "yes": ("the tool has run, but its answer cannot be used", nil)
        default: ("the tool gave no answer", "may have run")
        }
    }
}
