import Wire

/// Tools that answer at once: one for every kind of content.
extension Tool {
    static let echo = Tool(
        "echo", "Echo", "Gives back a text.", input: ["text": .text("What to give back.")]
    ) { _, call throws(Failure) in
        .result(.text(try call.text("text")))
    }

    static let image = Tool("image", "Image", "Gives a small picture.") { _, _ in
        .result(.picture)
    }

    static let audio = Tool("audio", "Audio", "Gives a short sound.") { _, _ in
        .result(.sound)
    }

    static let embed = Tool("embed", "Embed", "Gives a whole resource.") { _, _ in
        .result(.embedded(.greeting))
    }

    static let link = Tool("link", "Link", "Gives a link to a resource.") { _, _ in
        .result(.link(.greeting))
    }

    static let mixed = Tool("mixed", "Mixed", "Gives blocks of several kinds.") { _, _ in
        .result(.text("One of each:"), .picture, .sound, .embedded(.greeting), .link(.watched))
    }

    static let huge = Tool(
        "huge", "Huge", "Gives a very long text.",
        input: ["bytes": .integer("How long the text is, in bytes.", or: 1_000_000)]
    ) { _, call throws(Failure) in
        let count = try call.integer("bytes", or: 1_000_000, in: 0...100_000_000)
        let bytes = [UInt8](repeating: UInt8(ascii: "x"), count: count)
        return .result(.text(String(decoding: bytes, as: UTF8.self)))
    }

    static let weather = Tool(
        "weather", "Weather", "Tells the weather of a city, as data.",
        input: ["city": .text("The name of the city.")],
        output: [
            "city": .text("The city."), "degrees": .number("Degrees Celsius."),
            "isRaining": .truth("Whether to take an umbrella."),
        ]
    ) { _, call throws(Failure) in
        let city = JSON.string(try call.text("city"))
        return .structured(["city": city, "degrees": .raw("21.50"), "isRaining": false])
    }

    static let integers = Tool(
        "integers", "Integers", "Gives numbers that a double cannot hold, and those it is given.",
        input: ["given": .integer("Any number, given back with every digit.", or: 0)],
        output: [
            "signed": .integer("The largest of 64 bits."),
            "unsigned": .integer("The largest of 64 bits without a sign."),
            "given": .number("What was given."),
        ]
    ) { _, call in
        .structured([
            "signed": .raw("9223372036854775807"), "unsigned": .raw("18446744073709551615"),
            "given": call.arguments?["given"].map(JSON.value) ?? 0,
        ])
    }
}
