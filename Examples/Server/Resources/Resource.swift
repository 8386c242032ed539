/// Something to read: what a client reads about it, and what it holds.
struct Resource: Sendable {
    /// What it holds.
    enum Body: Sendable {
        case text(String)
        /// Bytes, in base64.
        case blob(String)
    }

    let uri: String
    /// The resource as `resources/list` shows it.
    let json: JSON
    /// The resource as `resources/read` shows it.
    let contents: JSON

    /// A resource and its content.
    init(_ uri: String, _ title: String, _ description: String, type: String, _ body: Body) {
        self.uri = uri
        let place: JSON = ["uri": .string(uri), "mimeType": .string(type)]
        json = place.with([
            "name": .string(title), "title": .string(title), "description": .string(description),
            "icons": .icons, "annotations": ["audience": ["user", "assistant"]],
        ])
        switch body {
        case .text(let text): contents = place.with(["text": .string(text)])
        case .blob(let base64): contents = place.with(["blob": .string(base64)])
        }
    }

    /// Every resource, in the order of the list; a new one is added here.
    static let all: [Resource] = [greeting, face, watched]

    static let greeting = Resource(
        "example://greeting", "Greeting", "A text.", type: "text/plain", .text("Hello, world."))
    static let face = Resource(
        "example://face.png", "Face", "A picture.", type: "image/png", .blob(Samples.image))
    static let watched = Resource(
        "example://watched", "Watched", "A text that 'touch' says has changed.",
        type: "text/plain", .text("Nothing to see."))
}
