/// What the process says when it ends.
enum ExitCode {
    static let success: Int32 = 0
    /// It ran and failed.
    static let failure: Int32 = 1
    /// The command line or the configuration is wrong.
    static let usage: Int32 = 2
}
