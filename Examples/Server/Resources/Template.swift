/// A family of resources, named by one variable in their URI.
struct Template: Sendable {
    let uriTemplate: String
    /// The template as `resources/templates/list` shows it.
    let json: JSON
    /// The values of the variable that are worth completing.
    let values: [String]
    private let prefix: String
    private let suffix: String
    private let type: String
    private let text: @Sendable (String) -> String

    /// The template `prefix{variable}suffix`.
    init(
        _ prefix: String, _ variable: String, _ suffix: String, title: String, type: String,
        values: [String] = [], text: @escaping @Sendable (String) -> String
    ) {
        uriTemplate = "\(prefix){\(variable)}\(suffix)"
        json = [
            "uriTemplate": .string(uriTemplate), "name": .string(title), "title": .string(title),
            "description": "A text for every \(variable).", "mimeType": .string(type),
            "icons": .icons,
        ]
        self.values = values
        self.prefix = prefix
        self.suffix = suffix
        self.type = type
        self.text = text
    }

    /// The resource that a URI of the family names.
    func resource(at uri: String) -> Resource? {
        guard uri.hasPrefix(prefix), uri.hasSuffix(suffix), uri.count > prefix.count + suffix.count
        else { return nil }
        let value = String(uri.dropFirst(prefix.count).dropLast(suffix.count))
        return Resource(uri, value, "", type: type, .text(text(value)))
    }

    /// Every template; a new one is added here.
    static let all: [Template] = [
        Template(
            "example://planets/", "planet", "", title: "Planet", type: "text/plain",
            values: ["mercury", "venus", "earth", "mars", "jupiter", "saturn", "uranus", "neptune"]
        ) { planet in "You are looking at \(planet)." }
    ]
}
