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
            sentence = "the plugin '\(plugin)' \(Self.deed(executed))"
            upstream = nil
        } else {
            sentence = Self.loss(executed)
            upstream = meta?["manifold/upstream"]?.string
        }
    }

    /// What a plugin did, by whether the tool ran.
    private static func deed(_ executed: String) -> String {
        switch executed {
        case "no": "refused the call; the tool did not run"
        case "yes": "kept the answer back; the tool has run"
        default: "ended the call; the tool may have run"
        }
    }

    /// What became of a call that no plugin was against.
    private static func loss(_ executed: String) -> String {
        switch executed {
        case "no": "the call did not reach the tool"
        case "yes": "the tool has run, but its answer cannot be used"
        default: "the tool gave no answer; it may have run"
        }
    }
}
