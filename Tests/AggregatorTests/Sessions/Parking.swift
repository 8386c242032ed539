import Aggregator
import TestSupport
import Wire

/// A client of 2026-07-28 in front of a server with sessions whose tool asks in the middle of a call.
///
/// Driven by one test on one thread.
struct Parking {
    static let all =
        #"{"sampling":{},"elicitation":{"form":{},"url":{}},"roots":{"listChanged":true}}"#
    static let form = #"{"mode":"form","message":"Who?","requestedSchema":{"x":1.0}}"#

    let server: ScriptedServer
    let world: World
    let client: Client

    /// The server's tool says nothing but what a test lets it say, and answers when a test says so.
    init(parks: ParkLimits = ParkLimits(), _ configure: (ScriptedServer) -> Void = { _ in }) {
        server = ScriptedServer("one")
        server.held = ["tools/call"]
        configure(server)
        world = World([server], parks: parks)
        client = world.client()
        client.enveloped("0", "tools/list", capabilities: Self.all)
        world.advance(by: .seconds(1))
        _ = client.take()
    }

    /// Calls the tool on the pipe.
    func call(
        _ id: String = "1", _ more: String = "", meta: String = "", capabilities: String = all,
        arguments: String = "{}"
    ) {
        client.enveloped(
            id, "tools/call", #","name":"one__echo","arguments":\#(arguments)\#(more)"#, meta: meta,
            capabilities: capabilities)
    }

    /// Calls the tool with an exchange of its own.
    func post(_ more: String = "", meta: String = "", principal: Principal = .local) -> Post {
        Post(
            world,
            #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"_meta":{"#
                + #""io.modelcontextprotocol/protocolVersion":"2026-07-28","#
                + #""io.modelcontextprotocol/clientCapabilities":\#(Self.all)\#(meta)},"#
                + #""name":"one__echo","arguments":{}\#(more)}}"#, principal: principal)
    }

    /// Lets the server ask, without waiting for questions that may follow.
    func ask(_ id: String, _ method: String, _ params: String) {
        server.connection?.say(
            #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":\#(params)}"#)
        world.run()
    }

    /// Lets the server ask its usual question, and takes the state with which the client is asked.
    func park(_ post: Post? = nil) -> String {
        ask("0", "elicitation/create", Self.form)
        return state(post)
    }

    /// Waits for other questions, and takes the state with which the client is asked.
    func state(_ post: Post? = nil) -> String {
        world.advance(by: .milliseconds(25))
        let lines = post?.take() ?? client.take()
        return lines.last?.json("result", "requestState") ?? "no state: \(lines)"
    }

    /// The members that a request with answers has in addition.
    func answers(_ state: String, _ responses: String = #"{"r1":{"action":"decline"}}"#) -> String {
        #","inputResponses":\#(responses),"requestState":\#(state)"#
    }

    /// Lets the server finish all its calls.
    func finish() {
        for request in server.open("tools/call") { server.connection?.oblige(request) }
        world.run()
    }

    /// What the server was told in answer to its questions.
    var told: [String] {
        server.received.filter { $0.message.kind == .result || $0.message.kind == .error }
            .map(\.text)
    }

    /// How often the tool was called.
    var calls: Int { server.received("tools/call").count }
}
