import Aggregator
import Machine
import Testing
import Wire

@testable import Plugins

/// A plugin's program, a shell that is told what to say.
@Suite(.timeLimit(.minutes(10))) struct ExecutableTests {
    private static let hello =
        #"{"jsonrpc":"2.0","method":"plugin/hello","params":{"contract":1,"concurrency":2}}"#

    /// Runs a program that greets and then does this, and a body with it.
    private func withProgram(
        _ script: String, _ body: @escaping @Sendable (Executable, EventLoop) async -> Void
    ) throws {
        let loop = try EventLoop.make()
        var settings = ExecutableSettings()
        settings.command = "/bin/sh"
        settings.args = [Text("-c"), Text("echo '\(Self.hello)'; \(script)")]
        settings.guarding.safety.deadline = .seconds(50)
        let tools = PluginTools(
            time: loop, log: .none, offLoop: OffLoop(threads: 1), keepsFiles: false,
            programs: PluginTools.Surroundings(loop: loop, environment: Environment.current()))
        let program = Executable("shell", settings, tools)
        _ = loop.run {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await program.run() }
                _ = await program.trial()
                await body(program, loop)
                group.cancelAll()
            }
            // Who comes too late is told so, and does not wait.
            #expect(await Self.ask(program, loop) == false)
            #expect(program.problem == "its program was ended, because a reload has replaced it.")
            return 0
        }
    }

    private static func ask(_ program: Executable, _ loop: EventLoop) async -> Bool {
        let deadline = loop.now.advanced(by: .seconds(50))
        let answer = try? await program.ask(by: deadline) { id, line in
            line += Array(#"{"jsonrpc":"2.0","id":\#(id),"method":"plugin/judge"}"#.utf8)
        }
        return answer?.result != nil
    }

    @Test(
        "it is asked as many things at once as it says, and who comes after its end does not wait")
    func asked() throws {
        // It answers both questions once it has both.
        let answer = #"sed 's/.*"id":\([0-9]*\).*/{"jsonrpc":"2.0","id":\1,"result":{}}/'"#
        try withProgram("read a; read b; printf '%s\\n' \"$a\" \"$b\" | \(answer); read c") {
            program, loop in
            async let one = Self.ask(program, loop)
            async let other = Self.ask(program, loop)
            #expect(await one)
            #expect(await other)
        }
    }
}
