package import Aggregator

/// The kinds of plugin; adding one adds a file and its lines here.
package enum PluginKinds {
    /// How each kind is written in a configuration, in the order of the documentation.
    package static let all: [Kind] = [
        Kind(
            "hide", .object(HideSettings.shape), "Tools, prompts or resources that nobody sees.",
            example: "{ items: [\"crm/delete_*\"] }"),
        Kind(
            "rename", RenameSettings.format,
            "Original `upstream/tool` to the name it is published under, before the prefix.",
            example: "{ \"clock/get_current_time\": now }"),
    ]

    /// The plugin chain of a configuration, outermost first.
    package static func chain(_ configuration: Configuration) -> [any Plugin] {
        configuration.plugins.compactMap { entry -> (any Plugin)? in
            switch entry.settings {
            case let settings as HideSettings: Hide(settings)
            case let settings as RenameSettings: Rename(settings)
            default: nil
            }
        }
    }
}
