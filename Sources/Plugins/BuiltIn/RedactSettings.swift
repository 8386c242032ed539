package import Aggregator

/// The settings of `redact: { patterns: […], fields: […] }`.
package struct RedactSettings: GuardingSettings {
    package var common = Common()
    package var guarding = Guarding([.request, .response, .notification], isSecurity: true)
    /// What is redacted.
    var selection = Selection()
    /// What stands in its place.
    package var replacement = "[redacted]"

    package init() {}

    /// How the settings are written.
    package static let shape = Shape(
        Self(),
        Key.common + [
            Key.hooks,
            Key(
                "patterns", \.selection.patterns, .someExpressions,
                "Regular expressions (PCRE2); of one with a group, only the group is replaced.",
                example: "[\"[0-9]{9,}\"]"),
            Key(
                "fields", \.selection.fields, .someFields,
                "Places in arguments, structured content and text that is JSON.",
                example: "[\"customer.card\", \"**.password\"]"),
            Key("replacement", \.replacement, .string, "What stands in their place."),
        ] + Key.safety, needs: ["patterns", "fields"])
}
