import Aggregator
import Machine

/// `manifold tools`.
struct ListTools: CommandRun {
    static let syntax = Syntax(
        "tools", "List the tools that all upstreams publish.",
        options: ListItems.options, example: "manifold tools --upstream clock")

    let arguments: Arguments

    func run(_ environment: Environment) throws -> Int32 {
        try ListItems(arguments, [.tool]).run(environment)
    }
}

/// `manifold prompts`.
struct ListPrompts: CommandRun {
    static let syntax = Syntax(
        "prompts", "List the prompts that all upstreams publish.",
        options: ListItems.options, example: "manifold prompts --json")

    let arguments: Arguments

    func run(_ environment: Environment) throws -> Int32 {
        try ListItems(arguments, [.prompt]).run(environment)
    }
}

/// `manifold resources`.
struct ListResources: CommandRun {
    static let syntax = Syntax(
        "resources", "List the resources and resource templates that all upstreams publish.",
        options: ListItems.options, example: "manifold resources --upstream notes")

    let arguments: Arguments

    func run(_ environment: Environment) throws -> Int32 {
        try ListItems(arguments, [.resource, .template]).run(environment)
    }
}
