/// What the command line asks for.
struct Options: Sendable {
    /// A command line that makes no sense.
    struct Mistake: Error {
        let text: String
    }

    private(set) var name = "example"
    private(set) var pageSize = 1000
    private(set) var delay = Duration.zero
    private(set) var generatedTools = 0
    private(set) var isFixture = false
    private(set) var wantsHelp = false

    static let help = """
        An MCP server with one of everything, on standard input and output.

        Usage: example-server [options]

          --name NAME        what it calls itself (default: example)
          --page-size N      how many items a page of a list has (default: 1000)
          --delay-start MS   wait before reading the first message, in milliseconds
          --tools N          add N generated tools, to make a long list
          --conformance      add the tools, prompts and resources of MCP's conformance suite
          --help             show this

        Example, which prints one answer and ends:
          echo '{"jsonrpc":"2.0","id":1,"method":"tools/list"}' | example-server

        """

    /// Reads the words after the program's name.
    init(_ words: [String]) throws(Mistake) {
        var rest = words[...]
        while let word = rest.popFirst() {
            switch word {
            case "--name": name = try Self.text(after: word, &rest)
            case "--page-size": pageSize = try Self.count(after: word, &rest, atLeast: 1)
            case "--delay-start": delay = .milliseconds(try Self.count(after: word, &rest))
            case "--tools": generatedTools = try Self.count(after: word, &rest)
            case "--conformance": isFixture = true
            case "--help", "-h": wantsHelp = true
            default: throw Mistake(text: "unknown argument '\(word)'.")
            }
        }
    }

    private static func text(
        after word: String, _ rest: inout ArraySlice<String>
    ) throws(Mistake) -> String {
        guard let text = rest.popFirst() else { throw Mistake(text: "'\(word)' needs a value.") }
        return text
    }

    private static func count(
        after word: String, _ rest: inout ArraySlice<String>, atLeast least: Int = 0
    ) throws(Mistake) -> Int {
        let text = try text(after: word, &rest)
        guard let count = Int(text), count >= least else {
            throw Mistake(text: "'\(word)' needs a whole number from \(least) on, not '\(text)'.")
        }
        return count
    }
}
