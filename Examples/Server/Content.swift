/// What results, prompts and messages are made of.
extension JSON {
    /// A text block.
    static func text(_ text: String) -> JSON { ["type": "text", "text": .string(text)] }

    /// An image block, for the user and not for the model.
    static let picture: JSON = [
        "type": "image", "data": .string(Samples.image), "mimeType": "image/png",
        "annotations": ["audience": ["user"], "priority": .raw("0.5")],
    ]

    /// A sound block.
    static let sound: JSON = [
        "type": "audio", "data": .string(Samples.sound), "mimeType": "audio/wav",
    ]

    /// A block that carries a whole resource.
    static func embedded(_ resource: Resource) -> JSON {
        ["type": "resource", "resource": resource.contents]
    }

    /// A block that says where a resource is.
    static func link(_ resource: Resource) -> JSON {
        JSON.object([("type", "resource_link")]).with(resource.json)
    }

    /// The result of a tool.
    static func result(_ blocks: JSON...) -> JSON { ["content": .array(blocks)] }

    /// The result of a tool with an output schema: the value, and its text for older clients.
    static func structured(_ value: JSON) -> JSON {
        ["content": [.text(value.text)], "structuredContent": value]
    }

    /// The result of a tool that did not succeed.
    static func failed(_ text: String) -> JSON { ["content": [.text(text)], "isError": true] }

    /// What an icon list holds here: one picture, inside the message.
    static let icons: JSON = [
        [
            "src": .string("data:image/png;base64," + Samples.image), "mimeType": "image/png",
            "sizes": ["8x8"],
        ]
    ]
}

/// The smallest things that are what they say, in base64.
enum Samples {
    /// A PNG of 8 by 8 points: a face.
    static let image = """
        iVBORw0KGgoAAAANSUhEUgAAAAgAAAAIAQMAAAD+wSzIAAAABlBMVEXyazr///+M93lWAAAAFUlE\
        QVR42mNgYEgDQgYGJyBpw8AAAA4gAbF79lgfAAAAAElFTkSuQmCC
        """

    /// A WAV of twelve samples: a click.
    static let sound = """
        UklGRjAAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQwAAACAwIBAgMCAQIDAgEA=
        """
}
