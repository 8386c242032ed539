/// `${env:NAME}`, `${env:NAME:-default}` and `${secret:NAME}` in a value; `$${` is a literal `${`.
package enum Expansion {
    /// Why a value cannot be expanded; never contains a value of a variable.
    package struct Fault: Error, Sendable, Hashable {
        package let reason: String
    }

    /// A variable that a value refers to.
    package struct Reference: Sendable, Hashable {
        /// The variable's name.
        package let name: String
        /// What stands for it when it is unset or empty; nil when it must be set.
        package let fallback: String?
    }

    private typealias Bytes = ArraySlice<UInt8>

    private enum Piece {
        case literal(Bytes)
        case variable(Reference)
        case secret(String)
    }

    /// The text after expansion.
    package static func expand(
        _ written: String, with environment: [String: String], secrets: Secrets = Secrets()
    ) throws(Fault) -> Text {
        guard find("${", in: Array(written.utf8)[...]) != nil else { return Text(written) }
        var value: [UInt8] = []
        for piece in try pieces(of: written) {
            switch piece {
            case .literal(let bytes): value += bytes
            case .variable(let reference): value += try resolve(reference, in: environment).utf8
            case .secret(let name): value += try secrets.value(name).utf8
            }
        }
        return Text(string(value[...]), written: written)
    }

    /// The variables that a text refers to, in order; empty when it cannot be expanded.
    package static func references(in written: String) -> [Reference] {
        guard let pieces = try? pieces(of: written) else { return [] }
        return pieces.compactMap {
            if case .variable(let reference) = $0 { reference } else { nil }
        }
    }

    /// The secrets that a text refers to, in order; empty when it cannot be expanded.
    package static func secrets(in written: String) -> [String] {
        guard let pieces = try? pieces(of: written) else { return [] }
        return pieces.compactMap { if case .secret(let name) = $0 { name } else { nil } }
    }

    /// What variables and secrets in a text stand for; not what is written in the text itself.
    static func values(
        in written: String, _ environment: [String: String], _ secrets: Secrets
    ) -> [String] {
        let pieces = (try? pieces(of: written)) ?? []
        return pieces.compactMap { piece in
            switch piece {
            case .literal: nil
            case .variable(let reference): environment[reference.name].flatMap(nonEmpty)
            case .secret(let name): try? secrets.value(name)
            }
        }
    }

    private static func resolve(
        _ reference: Reference, in environment: [String: String]
    ) throws(Fault) -> String {
        let value = environment[reference.name]
        if let fallback = reference.fallback { return value.flatMap(nonEmpty) ?? fallback }
        guard let value else {
            throw Fault(
                reason: "the environment variable '\(reference.name)' is not set; set it, or "
                    + "write '${env:\(reference.name):-default}'")
        }
        return value
    }

    private static func nonEmpty(_ value: String) -> String? { value.isEmpty ? nil : value }

    private static func pieces(of written: String) throws(Fault) -> [Piece] {
        var pieces: [Piece] = []
        var rest = Array(written.utf8)[...]
        while let dollar = find("${", in: rest) {
            let before = rest[..<dollar]
            rest = rest[(dollar + 2)...]
            if before.last == UInt8(ascii: "$") {
                pieces += [.literal(before.dropLast()), .literal(Array("${".utf8)[...])]
                continue
            }
            guard let end = rest.firstIndex(of: UInt8(ascii: "}")) else {
                throw Fault(reason: "'${' has no closing '}'; write '$${' for a literal '${'")
            }
            pieces += [.literal(before), try piece(rest[..<end])]
            rest = rest[(end + 1)...]
        }
        return pieces + [.literal(rest)]
    }

    private static func piece(_ inner: Bytes) throws(Fault) -> Piece {
        guard inner.starts(with: "secret:".utf8) else { return .variable(try reference(inner)) }
        let name = string(inner.dropFirst("secret:".utf8.count))
        guard !name.isEmpty else { throw Fault(reason: "'${secret:}' names no secret") }
        guard isSecret(name) else {
            throw Fault(
                reason: "'\(name)' is not the ARN of a secret, "
                    + "'arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME'")
        }
        return .secret(name)
    }

    /// Whether a name is the ARN of a secret of AWS Secrets Manager, with or without `#key`.
    private static func isSecret(_ name: String) -> Bool {
        let fields = name.split(separator: ":", omittingEmptySubsequences: false)
        return fields.count >= 7 && fields[0] == "arn" && fields[2] == "secretsmanager"
            && !fields[3].isEmpty && fields[5] == "secret" && !fields[6].isEmpty
    }

    private static func reference(_ inner: Bytes) throws(Fault) -> Reference {
        guard inner.starts(with: "env:".utf8) else {
            throw Fault(
                reason: "'${\(string(inner))}' is not an expansion; write '${env:NAME}', or '$${' "
                    + "for a literal '${'")
        }
        let body = inner.dropFirst("env:".utf8.count)
        let separator = find(":-", in: body)
        let name = string(body[..<(separator ?? body.endIndex)])
        guard isName(name) else {
            throw Fault(reason: "'\(name)' is not the name of an environment variable")
        }
        return Reference(name: name, fallback: separator.map { string(body[($0 + 2)...]) })
    }

    /// Where two given bytes begin.
    private static func find(_ pair: String, in bytes: Bytes) -> Int? {
        bytes.indices.first { bytes[$0...].starts(with: pair.utf8) }
    }

    private static func string(_ bytes: Bytes) -> String {
        String(decoding: bytes, as: UTF8.self)
    }

    /// Whether a text is a variable's name: letters, digits and `_`, not beginning with a digit.
    package static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9") ~= first)
        else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }
}
