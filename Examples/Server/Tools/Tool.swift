/// A tool: what a model reads about it, and what it does.
struct Tool: Sendable {
    /// Runs on the session, whose state it may use; returns a result or throws a `Failure`.
    typealias Run = @Sendable (isolated Session, Call) async throws(Failure) -> JSON

    let name: String
    /// The tool as `tools/list` shows it.
    let json: JSON
    let run: Run

    init(
        _ name: String, _ title: String, _ description: String, input: Schema = [:],
        output: Schema? = nil, hints: JSON = ["readOnlyHint": true], run: @escaping Run
    ) {
        self.name = name
        self.run = run
        let json: JSON = [
            "name": .string(name), "title": .string(title), "description": .string(description),
            "icons": .icons, "inputSchema": input.json, "annotations": hints,
        ]
        self.json = output.map { json.with(["outputSchema": $0.json]) } ?? json
    }

    /// Every tool, in the order of the list; a new one is added here.
    static let all: [Tool] = [
        echo, image, audio, embed, link, mixed, huge, weather, integers,
        slow, count, ask, signIn, sample, sampleWithTools, roots,
        fail, refuse, crash, addTool, removeTool, touch,
    ]

    /// Tools that only make the list long.
    static func generated(_ count: Int) -> [Tool] {
        (0..<count).map { number in
            Tool(
                "generated_\(number)", "Generated \(number)",
                "Generated tool number \(number), which gives back the text it is given.",
                input: ["text": .text("What to give back."), "note": .text("Ignored.", or: "")],
                run: echo.run)
        }
    }
}
