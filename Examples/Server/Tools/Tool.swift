/// A tool: what a model reads about it, and what it does.
struct Tool: Sendable {
    /// Runs on the session, whose state it may use; returns a result or throws a `Failure`.
    typealias Run = @Sendable (isolated Session, Call) async throws(Failure) -> JSON

    let name: String
    /// The tool as `tools/list` shows it.
    let json: JSON
    let run: Run

    /// A tool with everything that people see of it.
    init(
        _ name: String, _ title: String, _ description: String, input: Schema = [:],
        output: Schema? = nil, hints: JSON = ["readOnlyHint": true], run: @escaping Run
    ) {
        var more: JSON = ["title": .string(title), "icons": .icons, "annotations": hints]
        if let output { more = more.with(["outputSchema": output.json]) }
        self.init(plain: name, description, input: input.json, more, run: run)
    }

    /// A tool without what is only there for people to see.
    init(
        plain name: String, _ description: String, input: JSON, _ more: JSON = [:],
        run: @escaping Run
    ) {
        self.name = name
        self.run = run
        let json: JSON = [
            "name": .string(name), "description": .string(description), "inputSchema": input,
        ]
        self.json = json.with(more)
    }

    /// Every tool, in the order of the list; a new one is added here.
    static let all: [Tool] = [
        echo, image, audio, embed, link, mixed, huge, weather, integers,
        slow, count, ask, signIn, sample, sampleWithTools, roots,
        fail, refuse, crash, addTool, removeTool, touch,
    ]

    /// Tools that only make the list long.
    static func generated(_ count: Int) -> [Tool] {
        let input: Schema = ["text": .text("What to give back."), "note": .text("Why.", or: "")]
        return (0..<count).map { number in
            let description = "Generated tool number \(number), which gives back its text."
            return Tool(
                plain: "generated_\(number)", description, input: input.json, run: echo.run)
        }
    }
}
