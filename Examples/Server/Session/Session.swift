import Machine
import Wire

/// The conversation with the one client: what it is, what it asked for, and what is under way.
///
/// An actor, so that what a tool changes needs no lock; on the event loop, so that it needs no
/// other thread. Every request is a child task: while one waits, the others go on.
actor Session {
    let options: Options
    let loop: EventLoop
    private let output: Output

    var tools: [Tool]
    var prompts: [Prompt]
    var resources: [Resource]
    var templates: [Template]

    /// What the client said it can do, in `initialize`.
    var capabilities: Value?
    var level = Level.debug
    var subscriptions: Set<String> = []
    /// How many tool calls have run.
    var executions = 0
    /// The calls under way, by the exact bytes of their id.
    var calls: [[UInt8]: Call] = [:]
    /// The calls that wait for an answer of the client, by the id of our question.
    var asking: [Int: Call] = [:]
    var questions = 0

    /// A conversation that has not begun.
    init(_ options: Options, _ output: Output, _ loop: EventLoop) {
        self.options = options
        self.output = output
        self.loop = loop
        tools = Tool.all + Tool.generated(options.generatedTools)
        prompts = Prompt.all
        resources = Resource.all
        templates = Template.all
        if options.isFixture {
            tools += Tool.fixtures
            prompts += Prompt.fixtures
            resources += Resource.fixtures
            templates += Template.fixtures
        }
    }

    /// Serves until the input ends.
    ///
    /// What is still under way then is dropped: nobody would read it.
    func run(reading input: Input) async {
        let reader = LineReader(input)
        await withDiscardingTaskGroup { group in
            var hasMore = true
            while hasMore {
                hasMore = (try? await reader.fill()) ?? false
                while let line = reader.next() { receive(line, in: &group) }
                // A client that reads slowly is read slowly.
                if output.isCongested { await output.drained() }
            }
            for call in calls.values { call.cancel() }
        }
        await output.finish()
    }

    private func receive(_ line: LineBuffer.Line, in group: inout DiscardingTaskGroup) {
        guard case .complete(let bytes) = line else { return }
        do throws(Rejection) {
            receive(try Message(scanning: bytes), in: &group)
        } catch {
            guard !error.isResponse else { return }
            let id = String(decoding: error.id ?? Array("null".utf8), as: UTF8.self)
            answer(.raw(id), .refused(code: error.rpcCode, error.reason))
        }
    }

    private func receive(_ message: Message, in group: inout DiscardingTaskGroup) {
        switch message.kind {
        case .request: begin(message, in: &group)
        case .notification: obey(message)
        case .result, .error: hear(message)
        }
    }

    /// Starts a request, which is known before its task runs: no cancellation can miss it.
    private func begin(_ message: Message, in group: inout DiscardingTaskGroup) {
        guard let id = message.id else { return }
        let key = Array(message[id])
        guard calls[key] == nil else {
            return answer(.value(message.value(id)), .refused(code: -32600, "This id is in use."))
        }
        calls[key] = Call(message, in: self)
        group.addImmediateTask { await self.serve(message, key) }
    }

    /// Sends one message, at the end of the loop's turn.
    func send(_ message: JSON) {
        output.write { bytes in
            var writer = JSONWriter()
            swap(&writer.bytes, &bytes)
            JSON.object([("jsonrpc", "2.0")]).with(message).write(to: &writer)
            writer.bytes.append(UInt8(ascii: "\n"))
            swap(&writer.bytes, &bytes)
        }
    }

    /// Tells the client something that needs no answer.
    func notify(_ method: Method, _ params: JSON = [:]) {
        send(["method": .string(method.name), "params": params])
    }
}
