import Glibc
import Synchronization
import Testing
import Wire

@testable import Machine

extension Launch {
    /// A shell script as a child.
    static func shell(_ script: String, _ arguments: [String] = []) -> Launch {
        Launch(
            executable: "/bin/sh", arguments: ["-c", script, "sh"] + arguments,
            environment: [("PATH", "/usr/bin:/bin")])
    }
}

@Suite(.admitted, .timeLimit(.minutes(10))) struct ChildTests {
    @Test("a child reads, writes and ends with its code")
    func conversation() throws {
        try onLoop { loop in
            let child = try Child.spawn(.shell("read line; echo \"got $line\"; exit 3"), on: loop)
            child.input.write("hello\n")
            #expect(try await child.output.readAll() == Array("got hello\n".utf8))
            #expect(try await child.exited() == .code(3))
            #expect(child.status == .code(3))
            #expect(ExitStatus.code(3).description == "exited with code 3")
        }
    }

    @Test("a rehearsal says what a start would, and starts nothing")
    func rehearsal() async throws {
        try await withTemporaryFolder { folder in
            func reason(_ executable: String, in directory: String? = nil) -> String? {
                let launch = Launch(
                    executable: executable, environment: [("PATH", "/nowhere:\(folder):/bin")],
                    directory: directory)
                do throws(MachineFailure) {
                    try launch.rehearse()
                    return nil
                } catch {
                    return error.message
                }
            }
            try File.replace("\(folder)/plain", with: [], mode: 0o600)
            try File.replace("\(folder)/good", with: [], mode: 0o700)
            try File.makePrivateFolder("\(folder)/folder")
            #expect(reason("sh") == nil && reason("good") == nil)
            #expect(reason("./good", in: folder) == nil)
            #expect(reason("nothing")?.contains("no program of that name in PATH") == true)
            #expect(reason("./nothing", in: folder)?.contains("there is no such file") == true)
            #expect(reason("plain")?.contains("is not executable") == true)
            #expect(reason("folder")?.contains("is not executable") == true)
            #expect(reason("sh", in: "/nowhere")?.contains("'/nowhere' cannot be entered") == true)
        }
    }

    @Test("a child that a signal ends says which")
    func signalled() throws {
        try onLoop { loop in
            let child = try Child.spawn(.shell("kill -TERM $$"), on: loop)
            #expect(try await child.exited() == .signal(SIGTERM))
        }
    }

    @Test("arguments, environment and directory arrive as given, and nothing else")
    func surroundings() throws {
        try onLoop { loop in
            let launch = Launch(
                executable: "sh", arguments: ["-c", "echo \"$1|$NAME|$HOME|$(pwd)\"", "sh", "a b"],
                environment: [("PATH", "/nowhere:/bin"), ("NAME", "x=y")], directory: "/tmp")
            let child = try Child.spawn(launch, on: loop)
            #expect(try await child.output.readAll() == Array("a b|x=y||/tmp\n".utf8))
            #expect(try await child.exited() == .code(0))
        }
    }

    @Test("a child has default signals, a group of its own and no descriptor of ours")
    func inheritance() throws {
        try onLoop { loop in
            let leaked = try rawPipe()
            defer { for number in [leaked.reader, leaked.writer] { close(number) } }
            let script = """
                grep -E '^Sig(Blk|Ign)' /proc/self/status
                ls /proc/self/fd | wc -l
                cut -d' ' -f1,5 /proc/$$/stat
                """
            let child = try Child.spawn(.shell(script), on: loop)
            let text = String(decoding: try await child.output.readAll(), as: UTF8.self)
            let lines = text.split(separator: "\n").map(String.init)
            try #require(lines.count == 4)
            for line in lines[0..<2] {
                let mask = line.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) }
                // 32 and 33 belong to the C library, which alone can change them.
                #expect(mask.map { $0 & ~0x1_8000_0000 } == 0, "\(line)")
            }
            // Its three streams, and the folder that `ls` reads.
            #expect(lines[2] == "4")
            #expect(lines[3] == "\(child.pid) \(child.pid)")
        }
    }

    @Test("a program that does not exist is named, with the PATH it was looked for in")
    func missing() throws {
        try onLoop { loop in
            for executable in ["no-such-program", "/no/such/program"] {
                let launch = Launch(executable: executable, environment: [("PATH", "/bin:/sbin")])
                let failure = #expect(throws: MachineFailure.self) {
                    try Child.spawn(launch, on: loop)
                }
                #expect(failure?.code == .missing)
                #expect(failure?.errno == ENOENT)
                #expect(failure?.message.contains("'\(executable)'") == true)
                let isPath = executable.contains("/")
                #expect(failure?.message.contains("/bin:/sbin") == !isPath)
            }
        }
    }

    @Test(
        "what else hinders a start is said",
        arguments: [
            ("/etc/passwd", nil, "not executable"), ("/bin/sh", "/no/folder", "'/no/folder'"),
            ("a\u{0}b", nil, "zero byte"),
        ] as [(String, String?, String)])
    func hindered(executable: String, directory: String?, phrase: String) throws {
        try onLoop { loop in
            let launch = Launch(executable: executable, environment: [], directory: directory)
            let failure = #expect(throws: MachineFailure.self) {
                try Child.spawn(launch, on: loop)
            }
            #expect(failure?.message.contains(phrase) == true, "\(failure?.message ?? "")")
        }
    }

    @Test("500 short children are all reaped, each with its own code")
    func many() throws {
        // Under the address sanitizer a fork takes a fifth of a second.
        try onLoop(within: .seconds(300)) { loop in
            let codes = try await withThrowingTaskGroup(of: Bool.self) { group in
                for index in 0..<500 {
                    group.addTask {
                        let child = try Child.spawn(.shell("exit \(index % 250)"), on: loop)
                        return try await child.exited() == .code(Int32(index % 250))
                    }
                    if index >= 20 { #expect(try await group.next() == true) }
                }
                return try await group.reduce(true) { $0 && $1 }
            }
            #expect(codes)
            #expect(loop.children.isEmpty)
        }
    }

    @Test("children give their descriptors back")
    func descriptors() async {
        await #expect(processExitsWith: .success) {
            try onLoop { loop in
                let before = openDescriptors()
                for _ in 0..<20 {
                    let child = try Child.spawn(.shell("exit 0"), on: loop)
                    _ = try await child.exited()
                    let missing = Launch(executable: "no-such-program", environment: [])
                    #expect(throws: MachineFailure.self) { try Child.spawn(missing, on: loop) }
                }
                #expect(openDescriptors() < before + 5)
            }
        }
    }

    @Test("the end of standard error is kept, its lines handed on")
    func standardError() throws {
        try onLoop { loop in
            let lines = Mutex<[String]>([])
            let script = "i=0; while [ $i -lt 20000 ]; do echo \"line $i\" >&2; i=$((i+1)); done;"
            let child = try Child.spawn(.shell(script + "printf end >&2"), on: loop) { line in
                lines.withLock { $0.append(line) }
            }
            _ = try await child.exited()
            #expect(child.log.tail.hasSuffix("line 19998\nline 19999\nend"))
            #expect(child.log.tail.utf8.count == 64 * 1024)
            let expected = (0..<20000).map { "line \($0)" } + ["end"]
            #expect(lines.withLock { $0 } == expected)
        }
    }

    @Test("the death of a child is noticed on its idle input")
    func deadInput() throws {
        try onLoop { loop in
            let child = try Child.spawn(.shell("read line"), on: loop)
            child.input.write("\n")
            await child.input.closed()
            #expect(child.input.isClosed)
            _ = try await child.exited()
        }
    }

    @Test("a cancelled wait for the end leaves the child running")
    func cancelledWait() throws {
        try onLoop { loop in
            let child = try Child.spawn(.shell("read line"), on: loop)
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    await #expect(throws: CancellationError.self) { try await child.exited() }
                }
                await turns(on: loop)
                group.cancelAll()
            }
            #expect(child.status == nil)
            child.input.write("\n")
            #expect(try await child.exited() == .code(0))
        }
    }
}
