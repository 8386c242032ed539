package import Aggregator
import Machine
import Wire

/// Puts tokens in the place of what a server should not read, and the values back in its answers.
///
/// A token holds the value itself, sealed: nothing is kept, and the same value of the same caller is
/// the same token, so that a server can tell that two are equal. It opens only for the rule, the
/// upstream and the principal that it was made for.
package struct Tokenize: Rule {
    package let kind = "tokenize"
    private let selection: Selection
    private let ciphers: [DeterministicCipher]
    private let name: String
    private let patience: Patience

    /// A rule under a name; the first key makes tokens, all of them open them.
    package init(_ settings: TokenizeSettings, name: String, _ tools: PluginTools) {
        selection = settings.selection
        self.name = name
        patience = Patience(tools: tools)
        // That they are keys was checked when the configuration was read.
        ciphers = settings.keys.compactMap { try? SealKey($0.value) }
            .map { DeterministicCipher($0, purpose: "manifold tokenize") }
    }

    package func judge(
        _ document: Document, _ context: RuleContext
    ) async throws(RuleFault) -> Verdict {
        // What is told everybody belongs to nobody, so there is nothing to open.
        guard let principal = context.principal else { return .pass }
        guard let first = ciphers.first else { throw RuleFault("there is no key.") }
        let owner = Self.associated([name, context.upstream, principal.name])
        let changed = try await patience.run(until: context.deadline) {
            (time) throws(RuleFault) in
            try ContentWalk.edit(document, context.method) { (leaf) throws(RuleFault) in
                context.hook == .request
                    ? try tokenized(leaf, first, owner, time) : try restored(leaf, owner, time)
            }
        }
        return changed.map(Verdict.replace) ?? .pass
    }

    // MARK: To the server

    private func tokenized(
        _ leaf: Leaf, _ cipher: DeterministicCipher, _ owner: [UInt8], _ time: TimeLimit
    ) throws(RuleFault) -> [Splice] {
        guard leaf.value.kind == .string || leaf.value.kind == .number,
            let text = LeafText(leaf), !text.bytes.isEmpty
        else { return [] }
        func token(_ value: ArraySlice<UInt8>, isNumber: Bool = false) -> [UInt8] {
            let plain = [UInt8(ascii: isNumber ? "n" : "s")] + value
            return Token.write(cipher.id + cipher.seal(plain, associated: owner))
        }
        switch try selection.choice(leaf, text.bytes, time) {
        case .nothing: return []
        case .whole:
            let token = token(text.bytes[...], isNumber: leaf.value.kind == .number)
            return [
                Splice(
                    leaf.value, with: JSONWriter.quoted(String(decoding: token, as: UTF8.self)))
            ]
        case .parts(let parts):
            guard leaf.value.kind == .string else {
                // A number is a token as a whole, so that it comes back as a number.
                let token = token(text.bytes[...], isNumber: true)
                return text.replacing([(0..<text.bytes.count, token)])
            }
            return text.replacing(parts.map { ($0, token(text.bytes[$0])) })
        }
    }

    // MARK: From the server

    private func restored(
        _ leaf: Leaf, _ owner: [UInt8], _ time: TimeLimit
    ) throws(RuleFault) -> [Splice] {
        try time.check("the answer")
        guard leaf.value.kind == .string, let text = LeafText(leaf) else { return [] }
        var parts: [(Range<Int>, [UInt8])] = []
        for (range, sealed) in Token.find(in: text.bytes) {
            guard let (value, isNumber) = opened(sealed, owner) else { continue }
            if isNumber, range.count == text.bytes.count {
                return [Splice(leaf.value, with: value)]
            }
            parts.append((range, value))
        }
        return text.replacing(parts)
    }

    private func opened(_ sealed: [UInt8], _ owner: [UInt8]) -> (value: [UInt8], isNumber: Bool)? {
        for cipher in ciphers where sealed.starts(with: cipher.id) {
            let rest = Array(sealed.dropFirst(cipher.id.count))
            guard let plain = cipher.open(rest, associated: owner), let kind = plain.first else {
                continue
            }
            return (Array(plain.dropFirst()), kind == UInt8(ascii: "n"))
        }
        return nil
    }

    /// Texts with their lengths, so that no part of one can pass for a part of another.
    private static func associated(_ texts: [String]) -> [UInt8] {
        texts.flatMap { text in
            let count = UInt32(truncatingIfNeeded: text.utf8.count)
            return (0..<4).map { UInt8(truncatingIfNeeded: count >> (24 - 8 * $0)) } + text.utf8
        }
    }
}
