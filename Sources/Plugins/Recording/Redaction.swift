package import Aggregator
import Wire

/// Takes out of a message, before it is written down, what nobody should read.
///
/// Values under names that sound secret, values that the configuration got from elsewhere, tokens and
/// passwords that can be told by their form, and what the owner wants.
package struct Redaction: Sendable {
    private let selection: Selection
    /// What is looked for in texts.
    private let secrets: [[UInt8]]
    /// What must not be left anywhere, names of members included.
    private let strict: [[UInt8]]
    private let time: any Timekeeper

    /// How long one message may take; what takes longer is not written down.
    private static let patience = Duration.seconds(5)
    /// Shorter values of the configuration would be found everywhere.
    private static let shortest = 4

    /// Why a message cannot be written down.
    package struct Fault: Error {
        package let reason: String
    }

    /// What these settings want, and what always is; `secrets` are values that must not be there.
    package init(_ settings: RecordSettings, secrets: Set<String>, time: any Timekeeper) {
        var selection = settings.redact.selection
        selection.patterns = Self.tokens + selection.patterns
        self.selection = selection
        let spellings = secrets.map(SecretSpellings.init)
        self.secrets = Self.sorted(spellings.flatMap(\.all))
        strict = Self.sorted(spellings.filter { !$0.isOrdinary }.flatMap(\.all))
        self.time = time
    }

    /// A longer one first, so that a shorter one inside of it leaves no rest.
    private static func sorted(_ spellings: [[UInt8]]) -> [[UInt8]] {
        Set(spellings.filter { $0.count >= shortest }).sorted { $0.count > $1.count }
    }

    /// What can be told by its form: tokens behind `Bearer` and `Basic`, passwords in URLs and in
    /// assignments, fields of HTTP that say who asks.
    private static let tokens: [Pattern] = [
        #"(?i)\bbearer\s++["']?(?=[a-z._~+/=-]*[0-9])([a-z0-9._~+/=-]{6,})"#,
        #"(?i)\bbearer\s++["']?([a-z0-9._~+/=-]{16,})"#,
        // A short token of letters is told from prose by its place: behind a colon or a quote or at the
        // beginning of a line, with nothing behind it.
        #"(?im)bearer(?<=^bearer|^ bearer|["'`]bearer|[:=]bearer|[:=] bearer)[ \t]++(?!(?:tokens?|auth|authentication|authorization|schemes?|credentials?)(?![a-z0-9._~+/=-]))([a-z0-9._~+/=-]{1,4000}+)(?=[ \t]*+(?:$|["'`,;}\])\r]))"#,
        #"(?i)\bbasic\s++["']?(?=[a-z+/]*[0-9=])([a-z0-9+/]{6,}={0,2})"#,
        // Letters alone have to look like base64: groups of four, with capitals inside.
        #"\b(?i:basic)\s++["']?(?=[A-Za-z+/]{0,400}[a-z][A-Z])((?:[A-Za-z+/]{4}){2,100}+)(?![A-Za-z0-9+/=])"#,
        #"(?<=://)([^\s/?#@"\\]{1,300})(?=@)"#,
        #"(?i)(?:token(?<!progresstoken)(?<!pagetoken)(?<!nexttoken)(?<!continuationtoken)|secret|passw(?:or)?d|passphrase|\bpwd|signature|api[_-]?key|(?:access|secret|private)[_-]?key)["']?\s*+[:=]\s*+["']?([^&#\s"'\\;,(){}\[\]]{1,4000})"#,
        #"(?i)\b(?:set-)?(?:cookie|authorization)["']?\s*[:=]\s*["']?([^\r\n"']{1,4000})"#,
        #"\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"#,
    ].compactMap { try? Pattern($0) }

    /// Members that say what a message is: without them nobody could read it.
    private static let protocolNames: Set<String> = [
        "jsonrpc", "id", "method", "protocolVersion", "type", "resultType",
    ]

    /// The message without all that; nil if there is nothing to take out.
    ///
    /// Throws when it cannot be gone through, so that it must not be written down.
    package func redacted(_ message: [UInt8]) throws(Fault) -> [UInt8]? {
        let changed: [UInt8]?
        do throws(RuleFault) {
            let limit = TimeLimit(time.now.advanced(by: Self.patience), time)
            let value = Value(message, Extent(0..<message.count))
            changed = try ContentWalk.edit(everythingIn: value) { (leaf) throws(RuleFault) in
                try splices(leaf, limit)
            }
        } catch {
            throw Fault(reason: error.reason)
        }
        // Names of members and parts of numbers are not gone through.
        let written = changed ?? message
        guard !strict.contains(where: { written.hasPart($0) }) else {
            throw Fault(
                reason: "a secret of the configuration is in a place that is kept as it is.")
        }
        return changed
    }

    private func splices(_ leaf: Leaf, _ limit: TimeLimit) throws(RuleFault) -> [Splice] {
        guard leaf.value.bool == nil, let text = LeafText(leaf) else { return [] }
        if let name = leaf.names.last, Self.protocolNames.contains(name) { return [] }
        if leaf.isSecretByName {
            return [Splice(leaf.value, with: JSONWriter.quoted(RecordedLine.marker))]
        }
        var parts: [Range<Int>] = []
        switch try selection.choice(leaf, text.bytes, limit) {
        case .nothing: break
        case .whole: return [Splice(leaf.value, with: JSONWriter.quoted(RecordedLine.marker))]
        case .parts(let found): parts = found
        }
        for secret in secrets { parts += text.bytes.places(of: secret) }
        guard !parts.isEmpty else { return [] }
        return text.replacing(Selection.merged(parts).map { ($0, Array(RecordedLine.marker.utf8)) })
    }
}

extension Leaf {
    /// Names under which schemas stand: what is called `password` there is no password.
    private static let schemas: Set<String> = ["inputSchema", "outputSchema", "requestedSchema"]

    /// The names of the members that it is in.
    fileprivate var names: [String] {
        (steps ?? []).compactMap { step in
            if case .member(let key) = step { key.string } else { nil }
        }
    }

    /// Whether the name of the member that it is in, or is a part of, sounds secret.
    fileprivate var isSecretByName: Bool {
        let names = names
        guard let last = names.last else { return false }
        if SecretName.fits(last) { return true }
        return names.contains(where: SecretName.fits)
            && !names.contains(where: Self.schemas.contains)
    }
}

extension [UInt8] {
    /// Whether other bytes stand somewhere in these.
    fileprivate func hasPart(_ part: [UInt8]) -> Bool { next(part, from: 0) != nil }

    /// Where other bytes stand in these, from front to back.
    fileprivate func places(of part: [UInt8]) -> [Range<Int>] {
        var places: [Range<Int>] = []
        var at = 0
        while let start = next(part, from: at) {
            places.append(start..<start + part.count)
            at = start + part.count
        }
        return places
    }

    private func next(_ part: [UInt8], from start: Int) -> Int? {
        guard let first = part.first else { return nil }
        var at = start
        while at + part.count <= count {
            guard let found = self[at...(count - part.count)].firstIndex(of: first) else {
                return nil
            }
            if self[found..<found + part.count].elementsEqual(part) { return found }
            at = found + 1
        }
        return nil
    }
}
