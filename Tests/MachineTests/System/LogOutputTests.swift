import Glibc
import Testing

@testable import Machine

@Suite struct LogOutputTests {
    private func written(_ line: String, dropped: Int = 0) -> String? {
        String(validating: LogOutput.bytes(of: line, at: "now", dropped: dropped), as: UTF8.self)
    }

    @Test("a line follows the time")
    func short() { #expect(written("a\u{E9}") == "now a\u{E9}\n") }

    @Test(
        "a long line is cut between characters and keeps its end",
        arguments: ["a", "\u{E9}", "\u{20AC}", "\u{1F600}"])
    func long(character: String) throws {
        for start in 0..<4 {
            let line =
                String(repeating: "x", count: start)
                + String(repeating: character, count: 4096)
            let text = try #require(written(line))
            #expect((4093...4096).contains(text.utf8.count) && text.hasSuffix("\(character)\n"))
        }
    }

    @Test("a pipe that nobody reads is refused, and does not keep us", .timeLimit(.minutes(10)))
    func pipe() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/pipe"
            #expect(unsafe mkfifo(path, 0o600) == 0)
            let failure = #expect(throws: MachineFailure.self) { try LogOutput.file(path) }
            #expect(failure?.message.contains("'\(path)': nobody reads the pipe.") == true)
        }
    }

    @Test("the longest line that fits is whole")
    func fits() {
        let line = String(repeating: "x", count: 4096 - "now \n".count)
        #expect(written(line) == "now \(line)\n")
    }

    @Test("lines that found no room are counted before the next one")
    func dropped() {
        #expect(written("a", dropped: 1) == "now warning: 1 line dropped\nnow a\n")
        #expect(written("a", dropped: 12) == "now warning: 12 lines dropped\nnow a\n")
    }
}
