import Wire

/// What came of showing a document to a rule.
struct RuleOutcome: Sendable {
    /// The document as the rule was given it, as JSON.
    let before: [UInt8]
    let end: End

    /// What became of it.
    enum End: Sendable, Equatable {
        /// The rule is not about it.
        case unmatched
        case unchanged
        case changed([UInt8])
        /// It does not go on, and why: the rule's will.
        case refused(String)
        /// It is left out: a notification or an item.
        case dropped
        /// The rule could not judge it, and why; it goes on, or does not.
        case failed(String, goesOn: Bool)
    }

    /// The document that goes on; nil where none does.
    var after: [UInt8]? {
        switch end {
        case .unmatched, .unchanged, .failed(_, goesOn: true): before
        case .changed(let json): json
        case .refused, .dropped, .failed(_, goesOn: false): nil
        }
    }
}

extension [UInt8] {
    /// The JSON as a value; the bytes must be well formed.
    var value: Value { Value(self, Extent(0..<count)) }
}
