package import Aggregator

/// The settings of `schema: {}`.
package struct SchemaSettings: CommonSettings {
    package var common = Common()

    package init() {}

    /// How the settings are written.
    package static let shape = Shape(Self(), Key.common)
}
