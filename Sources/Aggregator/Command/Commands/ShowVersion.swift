import Machine

/// `manifold version`.
struct ShowVersion: CommandRun {
    static let syntax = Syntax(
        "version", "Show the version.", example: "manifold version", config: nil)

    let arguments: Arguments

    func run(_ environment: Environment) -> Int32 {
        let text =
            arguments.has("json")
            ? #"{"version":"\#(Version.current)"}"# : "manifold \(Version.current)"
        StandardOutput.write(text + "\n")
        return ExitCode.success
    }
}
