import Glibc
import Machine
import Synchronization
import Testing

@Suite struct AppendFileTests {
    private static func text(_ path: String) -> String? {
        (try? File.read(path, limit: 1 << 20)).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test("lines are appended, by another process's file of the same name too")
    func append() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/a.jsonl"
            for name in ["one", "two"] {
                let file = AppendFile(path, limit: 1000, kept: 1)
                try file.write(Array("\(name)\n".utf8), isDurable: name == "two")
            }
            #expect(Self.text(path) == "one\ntwo\n")
            #expect(Self.text("\(path).1") == nil)
        }
    }

    @Test("a file that has grown is set aside whole, and no more are kept than asked for")
    func turn() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/a.jsonl"
            let file = AppendFile(path, limit: 8, kept: 2)
            for number in 1...7 { try file.write(Array("line\(number)\n".utf8), isDurable: false) }
            #expect(Self.text(path) == "line7\n")
            #expect(Self.text("\(path).1") == "line6\n")
            #expect(Self.text("\(path).2") == "line5\n")
            #expect(Self.text("\(path).3") == nil)
        }
    }

    @Test("what a full disk has cut off becomes no part of the next line, and is counted")
    func fullDisk() async {
        await #expect(processExitsWith: .success) {
            try await withTemporaryFolder { folder in
                let path = "\(folder)/a.jsonl"
                let file = AppendFile(path, limit: 16, kept: 1)
                func write(_ line: String) throws {
                    try file.write(Array("\(line)\n".utf8), isDurable: false)
                }
                try write("whole")
                try withLargestFile(10) {
                    for line in ["torn line", "lost"] {
                        #expect(throws: MachineFailure.self) { try write(line) }
                    }
                }
                try write("good")
                #expect(Self.text(path) == "whole\ntorn\ngood\n")
                try write("")
                #expect(Self.text("\(path).1") == "whole\ntorn\ngood\n")
            }
        }
    }

    @Test(
        "a file that was moved away or removed is made anew, within a second",
        arguments: [false, true])
    func moved(isOwn: Bool) async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/a.jsonl"
            let time = Mutex(ContinuousClock.now)
            let file = AppendFile(
                path, limit: 1000, kept: 0, isOwn: isOwn, opening: { Array("first\n".utf8) },
                now: { time.withLock { $0 } })
            func write(_ line: String, after pause: Duration = .zero) throws {
                time.withLock { $0 += pause }
                try file.write(Array("\(line)\n".utf8), isDurable: false)
            }
            try write("one")
            try write("two", after: .seconds(1))
            #expect(unsafe rename(path, "\(path).old") == 0)
            try write("three", after: .milliseconds(999))
            try write("four", after: .milliseconds(1))
            #expect(Self.text("\(path).old") == "first\none\ntwo\nthree\n")
            #expect(Self.text(path) == "first\nfour\n")
            #expect(File.permissions(of: path) == 0o600)
            try File.remove(path)
            try write("five", after: .seconds(1))
            #expect(Self.text(path) == "first\nfive\n")
        }
    }

    @Test("where a file that was removed cannot be made anew, a line says that it is lost")
    func movedForGood() async throws {
        try await withTemporaryFolder { folder in
            let inner = "\(folder)/inner"
            try File.makePrivateFolder(inner)
            let time = Mutex(ContinuousClock.now)
            let file = AppendFile(
                "\(inner)/a.jsonl", limit: 1000, kept: 0, now: { time.withLock { $0 } })
            try file.write(Array("one\n".utf8), isDurable: false)
            #expect(unsafe rename(inner, "\(folder)/outer") == 0)
            time.withLock { $0 += .seconds(1) }
            for _ in 0..<2 {
                #expect(throws: MachineFailure.self) {
                    try file.write(Array("two\n".utf8), isDurable: false)
                }
            }
            try File.makePrivateFolder(inner)
            try file.write(Array("three\n".utf8), isDurable: false)
            #expect(Self.text("\(inner)/a.jsonl") == "three\n")
        }
    }

    @Test("a folder that is not there is named")
    func missing() {
        #expect {
            try AppendFile("/nonexistent/a", limit: 1, kept: 0).write([10], isDurable: false)
        } throws: { error in
            (error as? MachineFailure)?.message
                == "Could not open '/nonexistent/a': No such file or directory."
        }
    }

    @Test("a file of ours alone is none that holds something else")
    func foreign() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/a.jsonl"
            try AppendFile(path, limit: 1000, kept: 0).write(
                Array("notes\n".utf8), isDurable: false)
            func own(_ mark: String) -> AppendFile {
                AppendFile(path, limit: 1000, kept: 0, isOwn: true, mark: Array(mark.utf8))
            }
            for mark in ["other", "notes\nand more"] {
                #expect {
                    try own(mark).open()
                } throws: { error in
                    (error as? MachineFailure)?.message.contains("it holds something else") == true
                }
            }
            #expect(Self.text(path) == "notes\n")
            try own("not").write(Array("more\n".utf8), isDurable: false)
            #expect(Self.text(path) == "notes\nmore\n")
        }
    }

    @Test("a pipe that nobody reads is refused instead of waited for")
    func pipe() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/pipe"
            #expect(unsafe mkfifo(path, 0o600) == 0)
            let reasons = [
                false: "nobody reads the pipe. Start what reads it first, or name a file.",
                true: "it is no regular file. Name another one.",
            ]
            for (isOwn, reason) in reasons {
                let failure = #expect(throws: MachineFailure.self) {
                    try AppendFile(path, limit: 1000, kept: 0, isOwn: isOwn).open()
                }
                #expect(failure?.message == "Could not write to '\(path)': \(reason)")
            }
        }
    }
}

/// Does something while no file of this process may grow beyond a size, as if the disk were full.
private func withLargestFile(_ size: UInt64, _ body: () throws -> Void) throws {
    let resource = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
    _ = signal(SIGXFSZ, SIG_IGN)
    var limit = rlimit()
    try #require(unsafe getrlimit(resource, &limit) == 0)
    let before = limit.rlim_cur
    limit.rlim_cur = rlim_t(size)
    try #require(unsafe setrlimit(resource, &limit) == 0)
    defer {
        limit.rlim_cur = before
        _ = unsafe setrlimit(resource, &limit)
    }
    try body()
}
