import Machine

/// Output of commands that are not servers: written at once, in full.
enum StandardOutput {
    /// Writes a text to standard output.
    static func write(_ text: String) { DirectOutput.write(Array(text.utf8), to: 1) }
    /// Writes bytes to standard output.
    static func write(_ bytes: [UInt8]) { DirectOutput.write(bytes, to: 1) }
}

/// Words for the person in front of the terminal that are not the result.
enum StandardError {
    /// Writes a text to standard error.
    static func write(_ text: String) { DirectOutput.write(Array(text.utf8), to: 2) }
}
