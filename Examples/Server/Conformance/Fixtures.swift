/// The resources that the conformance suite expects.
extension Resource {
    static let fixtures: [Resource] = [
        Resource(
            "test://static-text", "Static text", "A fixture.", type: "text/plain",
            .text("This is the content of the static text resource.")),
        Resource(
            "test://static-binary", "Static binary", "A fixture.", type: "image/png",
            .blob(Samples.image)),
        Resource(
            "test://watched-resource", "Watched resource", "A fixture.", type: "text/plain",
            .text("Watched resource content")),
    ]

    /// What tools and prompts of the suite embed.
    static func testEmbedded(_ uri: String) -> Resource {
        Resource(
            uri, "Embedded", "", type: "text/plain",
            .text("This is an embedded resource content."))
    }
}

/// The resource templates that the conformance suite expects.
extension Template {
    static let fixtures: [Template] = [
        Template(
            "test://template/", "id", "/data", title: "Template", type: "application/json"
        ) { id in
            let number = JSON.string(id)
            let json: JSON = ["id": number, "templateTest": true, "data": "Data for ID: \(id)"]
            return json.text
        }
    ]
}

/// The prompts that the conformance suite expects.
extension Prompt {
    static let fixtures: [Prompt] = [
        Prompt("test_simple_prompt", "Simple", "A fixture.") { _ in
            [.user(.text("This is a simple prompt for testing."))]
        },
        Prompt(
            "test_prompt_with_arguments", "Arguments", "A fixture.",
            [
                Argument(name: "arg1", description: "One.", values: ["test", "testing"]),
                Argument(name: "arg2", description: "The other."),
            ]
        ) { argument in
            let texts = "arg1='\(argument("arg1"))', arg2='\(argument("arg2"))'"
            return [.user(.text("Prompt with arguments: \(texts)"))]
        },
        Prompt(
            "test_prompt_with_embedded_resource", "Embedded", "A fixture.",
            [Argument(name: "resourceUri", description: "The URI of the resource.")]
        ) { argument in
            [
                .user(.embedded(.testEmbedded(argument("resourceUri")))),
                .user(.text("Please process the embedded resource above.")),
            ]
        },
        Prompt("test_prompt_with_image", "Image", "A fixture.") { _ in
            [.user(.picture), .user(.text("Please analyze the image above."))]
        },
    ]
}
