package import Aggregator
import Machine
import Wire

/// The settings of `tokenize: { patterns: […], keys: […] }`.
package struct TokenizeSettings: GuardingSettings {
    package var common = Common()
    package var guarding = Guarding([.request, .response, .notification], isSecurity: true)
    /// What is tokenised on its way to a server.
    var selection = Selection()
    /// 32 bytes each, in Base64 or hexadecimal digits, the newest first.
    package var keys: [Text] = []

    package init() {}

    /// How the settings are written.
    package static let shape = Shape(
        Self(),
        Key.common + [
            Key(
                "patterns", \.selection.patterns, .expressions,
                "Regular expressions (PCRE2); of one with a group, only the group is replaced.",
                example: "[\"[\\\\w.+-]+@[\\\\w.-]+\"]"),
            Key(
                "fields", \.selection.fields, .fields,
                "Places in the arguments whose whole value is replaced.",
                example: "[\"customer.name\", \"**.card\"]"),
            Key(
                "keys", \.keys, Format<Text>.sealingKey.list(atLeast: 1),
                "The keys, the newest first: it makes the tokens, all of them open them. 32 bytes "
                    + "each, in Base64 or hexadecimal digits.",
                isRequired: true, example: "[\"${env:TOKEN_KEY}\"]"),
        ] + Key.safety)
}

extension Format<Text> {
    /// A key of 32 bytes, which is checked and never shown.
    fileprivate static let sealingKey = Self(Format<Text>.filled.schema) { node, reading in
        guard let text = Format<Text>.filled.read(node, &reading) else { return nil }
        guard DeterministicCipher.isOffered else {
            reading.report(
                "\(reading.place ?? "the key") is of no use: this OpenSSL offers no AES-256-SIV; "
                    + "version 3.0 does", at: node.mark)
            return nil
        }
        do throws(MachineFailure) {
            _ = try SealKey(text.value)
            return text
        } catch {
            reading.report("\(reading.place ?? "the key"): \(error.message)", at: node.mark)
            return nil
        }
    }
}
