import Machine

/// Output of commands that are not servers: written at once, in full.
enum StandardOutput {
    static func write(_ text: String) { DirectOutput.write(Array(text.utf8), to: 1) }
    static func write(_ bytes: [UInt8]) { DirectOutput.write(bytes, to: 1) }
}

/// Words for the person in front of the terminal that are not the result.
enum StandardError {
    static func write(_ text: String) { DirectOutput.write(Array(text.utf8), to: 2) }
}
