import Testing

@testable import manifold

@Suite struct ClientNamesTests {
    private let names = ClientNames(server: "manifold", title: nil)

    @Test("short names reach every client as they are")
    func short() {
        let published = "clock__now"
        #expect(names.verdict(on: published, of: .code).name == "mcp_manifold_clock__now")
        #expect(names.verdict(on: published, of: .claude).name == "mcp__manifold__clock__now")
        #expect(names.verdict(on: published, of: .cursor).name == "clock__now")
        for client in ClientNames.Client.allCases {
            #expect(names.verdict(on: published, of: client).fault == nil)
        }
    }

    @Test("VS Code prefers the title, keeps 13 characters of it, and cuts the whole at 64")
    func code() {
        let names = ClientNames(server: "x", title: "Team tools & more")
        let verdict = names.verdict(on: String(repeating: "n", count: 47), of: .code)
        #expect(verdict.name == "mcp_team_tools____" + String(repeating: "n", count: 46))
        #expect(verdict.fault == "cut from 65 to 64 characters")
    }

    @Test(
        "the longest name that every client takes whole is just that",
        arguments: ["manifold", "m", "a-very-long-name-for-a-server"])
    func longest(server: String) {
        let names = ClientNames(server: server, title: nil)
        let faults = { (length: Int) in
            ClientNames.Client.allCases.compactMap {
                names.verdict(on: String(repeating: "n", count: length), of: $0).fault
            }
        }
        #expect(faults(names.longest).isEmpty)
        #expect(!faults(names.longest + 1).isEmpty)
    }

    @Test("Claude Code's names over 64 work at Anthropic only, over 128 nowhere")
    func claude() {
        let over64 = names.verdict(on: String(repeating: "n", count: 60), of: .claude).fault
        #expect(over64?.contains("other than Anthropic's") == true)
        let over128 = names.verdict(on: String(repeating: "n", count: 120), of: .claude).fault
        #expect(over128 == "135 characters: refused over 128")
    }
}
