import Aggregator

/// Turns the variables of another client's texts into `${env:NAME}`.
struct Substitution {
    /// Whose file it is: the two write variables differently.
    enum Dialect { case code, claude }

    /// One question of VS Code's `inputs`.
    struct Input {
        let id: String
        let variable: String
        let description: String?
        let standard: String?
        let isSecret: Bool
    }

    let dialect: Dialect
    let inputs: [Input]
    /// The folder that `${workspaceFolder}` stands for, when it is known.
    let workspaceFolder: String?
    /// Ids of inputs that were used, in the order of their first use.
    private(set) var used: [String] = []
    /// What the owner should know, each once.
    private(set) var notes: [String] = []

    /// A substitution that has met nothing yet.
    init(dialect: Dialect, inputs: [Input], workspaceFolder: String?) {
        self.dialect = dialect
        self.inputs = inputs
        self.workspaceFolder = workspaceFolder
    }

    /// The text for a value of our configuration.
    mutating func convert(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let dollar = Self.opening(in: rest) {
            let inner = rest[dollar...].dropFirst(2)
            guard let end = inner.firstIndex(of: "}") else { break }
            let before = rest[..<dollar]
            result += before
            let piece = replacement(String(inner[..<end]))
            if before.last == "$", piece.hasPrefix("${") {
                note("'$' before '${\(inner[..<end])}' cannot be written; check the value")
            }
            result += piece
            rest = inner[inner.index(after: end)...]
        }
        return result + Self.escaped(rest)
    }

    /// The same of a text that may begin with `~`, which VS Code takes for the home folder.
    mutating func convertPath(_ text: String) -> String {
        guard dialect == .code, text == "~" || text.hasPrefix("~/") else { return convert(text) }
        return "${env:HOME}" + convert(String(text.dropFirst()))
    }

    private mutating func replacement(_ inner: String) -> String {
        let found = dialect == .code ? codeVariable(inner) : claudeVariable(inner)
        if let found { return found }
        note("'${\(inner)}' has no equivalent and is kept as it is written; replace it by hand")
        return "$${\(inner)}"
    }

    private mutating func codeVariable(_ inner: String) -> String? {
        switch inner {
        case "userHome": return "${env:HOME}"
        case "pathSeparator", "/": return "/"
        case "workspaceFolder": return folder()
        default: break
        }
        if inner.hasPrefix("input:") { return input(String(inner.dropFirst("input:".count))) }
        guard inner.hasPrefix("env:"), Expansion.isName(String(inner.dropFirst("env:".count)))
        else { return nil }
        return "${\(inner)}"
    }

    private mutating func folder() -> String {
        if let workspaceFolder { return workspaceFolder }
        note("set WORKSPACE_FOLDER: the folder that '${workspaceFolder}' stood for")
        return "${env:WORKSPACE_FOLDER}"
    }

    private mutating func input(_ id: String) -> String? {
        guard let input = inputs.first(where: { $0.id == id }) else { return nil }
        if !used.contains(id) { used.append(id) }
        guard let standard = input.standard, !standard.isEmpty,
            !standard.utf8.contains(UInt8(ascii: "}"))
        else { return "${env:\(input.variable)}" }
        return "${env:\(input.variable):-\(standard)}"
    }

    /// `${NAME}` and `${NAME:-default}`.
    private func claudeVariable(_ inner: String) -> String? {
        guard let reference = Expansion.references(in: "${env:\(inner)}").first else { return nil }
        let fallback = reference.fallback.map { ":-\($0)" } ?? ""
        return "${env:\(reference.name)\(fallback)}"
    }

    private mutating func note(_ text: String) {
        if !notes.contains(text) { notes.append(text) }
    }

    /// Where `${` begins.
    private static func opening(in text: Substring) -> Substring.Index? {
        text.indices.first { text[$0...].hasPrefix("${") }
    }

    private static func escaped(_ text: Substring) -> String {
        guard let dollar = opening(in: text) else { return String(text) }
        return text[..<dollar] + "$${" + escaped(text[dollar...].dropFirst(2))
    }

    /// The variable that stands for an input: `api-key` becomes `API_KEY`.
    static func variable(for id: String, besides taken: [String]) -> String {
        let letters = id.uppercased().unicodeScalars.map { scalar -> Character in
            Expansion.isName("A\(scalar)") ? Character(scalar) : "_"
        }
        var name = String(letters)
        if !Expansion.isName(name) { name = "_\(name)" }
        var candidate = name
        var number = 2
        while taken.contains(candidate) {
            candidate = "\(name)_\(number)"
            number += 1
        }
        return candidate
    }
}
