import Aggregator
import Glibc
import Machine
import TestSupport
import Testing
import Wire

/// What becomes of lists when somebody else changes the file of `pin`.
@Suite struct PinFileTests {
    private static func withRig(_ body: (Rig, _ path: String) throws -> Void) throws {
        let folder = "/tmp/manifold-pin-file-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
        try File.makePrivateFolder(folder)
        defer { _ = unsafe system("rm -rf '\(folder)'") }
        let path = "\(folder)/pins.json"
        try write(pinning("b", as: "once"), to: path)
        let server = ScriptedServer("crm")
        server.tools = ["a", "b"].map { #"{"inputSchema":{"type":"object"},"name":"\#($0)"}"# }
        let rig = try Rig(
            "  - pin: { file: pins.json, change: block }", server: server, folder: folder)
        try body(rig, path)
        rig.world.stop()
        #expect(rig.world.isOver)
    }

    /// A file that says of one tool that it was another one.
    private static func pinning(_ tool: String, as description: String) -> String {
        let definition = #"{"description":"\#(description)","name":"\#(tool)"}"#
        let digest = Digest.sha256Text(Array(definition.utf8))
        return "{\n\"crm/\(tool)\": {\"sha256\":\"\(digest)\",\"definition\":\(definition)}\n}\n"
    }

    private static func write(_ text: String, to path: String) throws {
        try File.replace(path, with: Array(text.utf8))
    }

    private static func names(_ rig: Rig) -> [String] {
        rig.client.request("9", "tools/list")
        return rig.client.one().names
    }

    /// Lets the plugin keep what it has seen, which another thread does.
    private static func settle(_ rig: Rig, _ path: String) throws {
        rig.world.advance(by: .seconds(1))
        while String(decoding: try File.read(path, limit: 10_000), as: UTF8.self)
            .split(separator: "\n").count < 4
        {
            rig.world.run()
            sched_yield()
        }
        rig.world.advance(by: .seconds(3))
        _ = rig.client.take()
    }

    @Test(
        "a change is accepted by taking its line out, without a word from any server",
        .timeLimit(.minutes(10)))
    func accepted() throws {
        try Self.withRig { rig, path in
            #expect(Self.names(rig) == ["crm__a"])
            try Self.settle(rig, path)
            try Self.write("{\n}\n", to: path)
            rig.world.advance(by: .seconds(3))
            #expect(rig.client.take().filter { $0.contains("list_changed") }.count == 1)
            #expect(Self.names(rig) == ["crm__a", "crm__b"])
            #expect(rig.world.hub.plugins[0].remarks == [])
        }
    }

    @Test("a file that is missing or half written for a moment accepts nothing")
    func replaced() throws {
        try Self.withRig { rig, path in
            try Self.settle(rig, path)
            let text = String(decoding: try File.read(path, limit: 10_000), as: UTF8.self)
            for _ in 0..<3 {
                try File.remove(path)
                rig.world.advance(by: .seconds(1))
                try Self.write("", to: path)
                rig.world.advance(by: .seconds(1))
                try Self.write(text, to: path)
                rig.world.advance(by: .seconds(3))
            }
            #expect(rig.client.take() == [])
            #expect(Self.names(rig) == ["crm__a"])
        }
    }

    @Test("what the plugin writes itself is no news to it")
    func own() throws {
        try Self.withRig { rig, path in
            try Self.settle(rig, path)
            let hits = rig.counted?.hits
            rig.world.advance(by: .seconds(10))
            #expect(rig.counted?.hits == hits)
        }
    }
}
