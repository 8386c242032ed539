package import Aggregator

/// The kinds of plugin that a configuration may name, in the order of the documentation.
package enum PluginKinds {
    package static let all: [Kind] = [
        Kind(
            "hide", .object(HideSettings.shape), "Tools, prompts or resources that nobody sees.",
            example: "{ items: [\"crm/delete_*\"] }"),
        Kind(
            "rename", RenameSettings.format,
            "Original `upstream/tool` to the name it is published under, before the prefix.",
            example: "{ \"clock/get_current_time\": now }"),
    ]
}
