/// A prompt: what a user reads about it, and the messages that it becomes.
struct Prompt: Sendable {
    /// What a prompt asks the user for.
    struct Argument: Sendable {
        let name: String
        let description: String
        /// The values that are worth completing.
        var values: [String] = []
    }

    /// Makes the messages, given a reader for the arguments.
    typealias Messages = @Sendable ((String) -> String) -> [JSON]

    let name: String
    let arguments: [Argument]
    let messages: Messages
    /// The prompt as `prompts/list` shows it.
    let json: JSON

    /// A prompt and how its messages are made.
    init(
        _ name: String, _ title: String, _ description: String, _ arguments: [Argument] = [],
        messages: @escaping Messages
    ) {
        self.name = name
        self.arguments = arguments
        self.messages = messages
        json = [
            "name": .string(name), "title": .string(title), "description": .string(description),
            "icons": .icons,
            "arguments": .array(
                arguments.map {
                    [
                        "name": .string($0.name), "description": .string($0.description),
                        "required": true,
                    ]
                }),
        ]
    }

    /// Every prompt, in the order of the list; a new one is added here.
    static let all: [Prompt] = [
        Prompt("greet", "Greet", "A prompt without arguments.") { _ in
            [.user(.text("Greet me in one sentence."))]
        },
        Prompt(
            "translate", "Translate", "A prompt with arguments that can be completed.",
            [
                Argument(
                    name: "language", description: "The language to translate to.",
                    values: ["Finnish", "French", "German", "Greek", "Italian", "Spanish"]),
                Argument(name: "text", description: "The text to translate."),
            ]
        ) { argument in
            [.user(.text("Translate to \(argument("language")): \(argument("text"))"))]
        },
        Prompt("review", "Review", "A prompt that carries a resource.") { _ in
            [.user(.embedded(.greeting)), .user(.text("Is this text kind enough?"))]
        },
    ]
}

extension JSON {
    /// A message of the user's.
    static func user(_ content: JSON) -> JSON { ["role": "user", "content": content] }
}
