/// Why `import`, `install` or `init` cannot do what was asked.
package struct SetupFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// A sentence naming the attempt and the reason; never a value from the file.
    package let description: String

    /// A failure with its sentence.
    init(_ description: String) { self.description = description }
}
