import Glibc
import Synchronization
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

    @Test("a file that was moved away is made anew, or the old one goes on where it cannot be")
    func moved() async throws {
        try await withTemporaryFolder { folder in
            let inner = "\(folder)/inner"
            try File.makePrivateFolder(inner)
            let time = Mutex(ContinuousClock.now)
            let output = try LogOutput.file("\(inner)/log", now: { time.withLock { $0 } })
            func write(_ line: String) {
                time.withLock { $0 += .seconds(1) }
                output.write(line)
            }
            func words(_ path: String) throws -> [String] {
                let text = String(decoding: try File.read(path, limit: 1000), as: UTF8.self)
                return text.split(separator: "\n").map { String($0.split(separator: " ")[1]) }
            }
            write("one")
            #expect(unsafe rename("\(inner)/log", "\(inner)/old") == 0)
            write("two")
            #expect(unsafe rename(inner, "\(folder)/outer") == 0)
            write("three")
            try File.makePrivateFolder(inner)
            write("four")
            #expect(try words("\(folder)/outer/old") == ["one"])
            #expect(try words("\(folder)/outer/log") == ["two", "three"])
            #expect(try words("\(inner)/log") == ["four"])
            #expect(File.permissions(of: "\(inner)/log") == 0o600)
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
