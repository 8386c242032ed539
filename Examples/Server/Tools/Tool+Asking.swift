import Wire

/// Tools that ask the client something before they answer.
extension Tool {
    static let ask = Tool(
        "ask", "Ask", "Asks the user to fill in a form (elicitation).",
        input: ["message": .text("What to ask.", or: "Who are you?")]
    ) { session, call throws(Failure) in
        let form: Schema = [
            "name": .text("What to call you."), "age": .integer("In years.", or: 30),
            "subscribe": .truth("Whether to send news.", or: false),
            "colour": .choice("Your favourite.", of: ["red", "green", "blue"], or: "green"),
        ]
        let message = try call.text("message", or: "Who are you?")
        let reply = try await session.ask(
            .elicit, ["message": .string(message), "requestedSchema": form.json], for: call)
        return .result(.summary(reply["action"], reply["content"]))
    }

    static let signIn = Tool(
        "sign_in", "Sign in", "Asks the user to open a page (elicitation by URL)."
    ) { session, call throws(Failure) in
        let id = "sign-in-\(session.questions + 1)"
        let reply = try await session.ask(
            .elicit,
            [
                "mode": "url", "message": "Please sign in.", "elicitationId": .string(id),
                "url": .string("https://example.com/sign-in?id=\(id)"),
            ], for: call)
        let action = reply["action"]?.string ?? "?"
        guard action == "accept" else { throw .tool("The user did not sign in: \(action).") }
        try await call.pause(.milliseconds(20))
        session.notify(.elicitationComplete, ["elicitationId": .string(id)])
        return .result(.text("Signed in."))
    }

    static let sample = Tool(
        "sample", "Sample", "Asks the client's model (sampling).",
        input: ["prompt": .text("What to ask the model.")]
    ) { session, call throws(Failure) in
        let prompt = JSON.text(try call.text("prompt"))
        let reply = try await session.ask(
            .createMessage,
            ["messages": [["role": "user", "content": prompt]], "maxTokens": 100], for: call)
        return .result(.summary(reply["model"], reply["content"]))
    }

    static let sampleWithTools = Tool(
        "sample_with_tools", "Sample with tools", "Asks the client's model, and lets it use a tool."
    ) { session, call throws(Failure) in
        guard session.can("sampling", "tools") else {
            throw .tool("The client offers no sampling with tools.")
        }
        let reply = try await session.ask(
            .createMessage,
            [
                "messages": [["role": "user", "content": .text("What is the weather in Oslo?")]],
                "maxTokens": 100, "tools": [weather.json], "toolChoice": ["mode": "auto"],
            ], for: call)
        return .result(.summary(reply["stopReason"], reply["content"]))
    }

    static let roots = Tool(
        "roots", "Roots", "Asks the client which folders it works in."
    ) { session, call throws(Failure) in
        let reply = try await session.ask(.rootsList, for: call)
        return .result(.text(.text(of: reply["roots"])))
    }
}

extension JSON {
    /// What the client answered, in a text block: a word, and JSON.
    fileprivate static func summary(_ word: Wire.Value?, _ json: Wire.Value?) -> JSON {
        .text("\(word?.string ?? "?"): \(String.text(of: json))")
    }
}
