import Wire

/// The tools that MCP's conformance suite expects of a server, by its names (revision 2025-11-25).
extension Tool {
    static let fixtures: [Tool] = [
        fixture("test_simple_text") { _, _ in
            .result(.text("This is a simple text response for testing."))
        },
        fixture("test_image_content") { _, _ in .result(.picture) },
        fixture("test_audio_content") { _, _ in .result(.sound) },
        fixture("test_embedded_resource") { _, _ in
            .result(.embedded(.testEmbedded("test://embedded-resource")))
        },
        fixture("test_multiple_content_types") { _, _ in
            .result(
                .text("Multiple content types test:"), .picture,
                .embedded(
                    Resource(
                        "test://mixed-content-resource", "Mixed", "", type: "application/json",
                        .text(#"{"test":"data","value":123}"#))))
        },
        fixture("test_tool_with_logging") { session, call throws(Failure) in
            for line in ["Tool execution started", "Tool processing data"] {
                session.log(.info, .string(line))
                try await call.pause(.milliseconds(50))
            }
            session.log(.info, "Tool execution completed")
            return .result(.text("Tool with logging executed successfully"))
        },
        fixture("test_tool_with_progress") { session, call throws(Failure) in
            for step in [0, 50, 100] {
                let text = "Completed step \(step) of 100"
                if let progress = call.progress(step, of: 100, text) {
                    session.notify(.progress, progress)
                }
                try await call.pause(.milliseconds(50))
            }
            return .result(.text("Tool with progress executed successfully"))
        },
        fixture("test_error_handling") { _, _ throws(Failure) in
            throw .tool("This tool intentionally returns an error for testing")
        },
        fixture("test_reconnection") { session, call throws(Failure) in
            session.log(.info, "Before disconnect")
            try await call.pause(.milliseconds(200))
            session.log(.info, "After reconnect")
            return .result(.text("Reconnection test completed"))
        },
        fixture("test_sampling", ["prompt": .text("What to ask the model.")]) {
            session, call throws(Failure) in
            let prompt = JSON.text(try call.text("prompt"))
            let reply = try await session.ask(
                .createMessage,
                ["messages": [["role": "user", "content": prompt]], "maxTokens": 100], for: call)
            let text = reply["content"]?["text"]?.string
            return .result(.text("LLM response: \(text ?? "No response")"))
        },
        fixture("test_elicitation", ["message": .text("What to ask the user.")]) {
            session, call throws(Failure) in
            let form: Schema = ["response": .text("User's response")]
            let message = JSON.string(try call.text("message"))
            return try await elicit("User response", message, form.json, session, call)
        },
        fixture("test_elicitation_sep1034_defaults") { session, call throws(Failure) in
            try await elicit(
                "Elicitation result", "Please provide user information", JSON.defaultsForm,
                session, call)
        },
        fixture("test_elicitation_sep1330_enums") { session, call throws(Failure) in
            try await elicit(
                "Elicitation completed", "Please select values", JSON.enumsForm, session, call)
        },
        Tool(plain: "json_schema_2020_12_tool", "A fixture.", input: .schema2020) { _, call in
            .result(.text("Given: \(String.text(of: call.arguments))"))
        },
    ]

    private static func fixture(
        _ name: String, _ input: Schema = [:], run: @escaping Run
    ) -> Tool {
        Tool(plain: name, "A fixture.", input: input.json, run: run)
    }

    private static func elicit(
        _ heading: String, _ message: JSON, _ form: JSON, _ session: isolated Session, _ call: Call
    ) async throws(Failure) -> JSON {
        let reply = try await session.ask(
            .elicit, ["message": message, "requestedSchema": form], for: call)
        let content = reply["content"].map { JSON.value($0).text } ?? "{}"
        let action = reply["action"]?.string ?? "?"
        return .result(.text("\(heading): action=\(action), content=\(content)"))
    }
}
