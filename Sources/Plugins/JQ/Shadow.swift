import Aggregator
import Synchronization

/// What a rule would have done that is only watched.
final class Shadow: Sendable {
    private struct Tally {
        var seen = 0
        var changed = 0
        var refused = 0
        var failed = 0
    }

    private let tally = Mutex(Tally())

    /// A sentence for `status`.
    var remark: String {
        let tally = tally.withLock { $0 }
        return "Shadow: of \(tally.seen) it would have changed \(tally.changed), refused "
            + "\(tally.refused), and failed on \(tally.failed)."
    }

    /// Notes what would have become of a document.
    func note(_ verdict: Verdict, _ document: Document) {
        tally.withLock { tally in
            tally.seen += 1
            switch verdict {
            case .pass: break
            case .replace(let json), .answer(let json):
                // What could not have taken the document's place would have been a failure.
                if (try? Replacement.check(json, instead: document.value, document.part)) == nil {
                    tally.failed += 1
                } else {
                    tally.changed += 1
                }
            case .refuse: tally.refused += 1
            }
        }
    }

    /// Notes what would have become of an item of a list; nil for one that would have been hidden.
    func note(_ edited: Item?, of item: Item) {
        tally.withLock { tally in
            tally.seen += 1
            guard let edited else { return tally.refused += 1 }
            if edited.json != item.json || edited.base != item.base { tally.changed += 1 }
        }
    }

    /// Notes that the rule would have failed.
    func noteFailure() {
        tally.withLock { tally in
            tally.seen += 1
            tally.failed += 1
        }
    }
}
