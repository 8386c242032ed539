package import Aggregator

/// One runtime: the program that is started for each session, and the rules of its edge.
package struct RuntimeSettings: Sendable {
    /// Which contract the program keeps (AgentCore, "Runtime service contract").
    package enum Contract: String, Sendable, CaseIterable {
        /// Streamable HTTP at `/mcp`.
        case mcp
        /// `POST /invocations` and `GET /ping`.
        case http
    }

    /// What a call meets whose session is only being started.
    package enum Overlap: String, Sendable, CaseIterable {
        /// It waits.
        case hold
        /// It is told to try again.
        case conflict
    }

    /// How a client learns that the program does not know its session.
    package enum Loss: String, Sendable, CaseIterable {
        /// The program's own 404.
        case status = "404"
        /// A JSON-RPC error of the edge.
        case notFound = "-32004"
        /// The error for any status that a program answers with.
        case clientError = "-32010"
    }

    /// The name, without the suffix that makes it an id.
    package var name = ""
    /// The contract.
    package var contract = Contract.mcp
    /// The program and its arguments; `{port}` is the port that it has to listen at.
    package var command: [Text] = []
    /// Variables for the program besides those that the platform sets.
    package var environment: [String: Text] = [:]
    /// Where it is started; nil for the folder of the file.
    package var folder: Text?
    /// Whether it keeps sessions of its own, whose ids it makes.
    package var isStateful = false
    /// The path that requests are sent to; nil for the contract's own.
    package var path: String?
    /// Who may invoke it.
    package var access = Access()
    /// Names of endpoints; `DEFAULT` is always there.
    package var qualifiers: [String] = []
    /// Header fields that reach the program besides those that always do.
    package var allowedHeaders: [String] = []
    /// From the first request of a session to the start of the program.
    package var coldStart = Duration.zero
    /// How long the program may take until it listens; never sped up.
    package var initialization = Duration.seconds(120)
    /// How long a session lives that nobody uses.
    package var idle = Duration.seconds(900)
    /// How long a session lives at most.
    package var lifetime = Duration.seconds(28_800)
    /// How long an answer may be awaited, and how long a stream may last.
    package var answerLimit = Duration.seconds(900)
    package var streamLimit = Duration.seconds(3600)
    /// What calls meet while their session starts.
    package var overlap = Overlap.hold
    /// What calls meet whose session the program does not know.
    package var loss = Loss.status
    /// How many sessions there may be at a time: each is a process here.
    package var sessions = 25

    init() {}

    /// A runtime with the usual rules.
    package init(name: String, command: [Text], contract: Contract) {
        self.name = name
        self.command = command
        self.contract = contract
    }

    /// Its id: the name and ten more characters.
    package var id: String { "\(name)-emulated00" }

    /// Where the program takes requests.
    var target: String { path ?? (contract == .mcp ? "/mcp" : "/invocations") }
}

/// How callers prove who they are.
package struct Access: Sendable {
    /// The kinds of proof.
    package enum Mode: String, Sendable, CaseIterable {
        /// A signature of version 4.
        case iam
        /// A token of the issuer.
        case jwt
        /// Nothing; for gateways only.
        case none
    }

    /// What is asked for.
    package var mode = Mode.iam
    /// The clients whose tokens are taken; empty for all.
    package var clients: [String] = []
    /// Scopes of which a token must have one; empty for any token.
    package var scopes: [String] = []
}
