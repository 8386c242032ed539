import Glibc
import Testing

@testable import Machine

@Suite struct FileTrialTests {
    /// Why an attempt fails; nil when it does not.
    private func reason(_ attempt: () throws(MachineFailure) -> Void) -> String? {
        do throws(MachineFailure) {
            try attempt()
            return nil
        } catch {
            return error.message
        }
    }

    @Test("a file that can be made or appended to passes, and is neither made nor changed")
    func appending() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/a.jsonl"
            #expect(reason { () throws(MachineFailure) in try File.tryAppending(to: path) } == nil)
            #expect(File.stamp(path) == nil)
            try File.replace(path, with: Array("one\n".utf8))
            let stamp = File.stamp(path)
            #expect(reason { () throws(MachineFailure) in try File.tryAppending(to: path) } == nil)
            #expect(File.stamp(path) == stamp)
        }
    }

    @Test("what stands in the way is named")
    func refusals() async throws {
        try await withTemporaryFolder { folder in
            let missing = reason { () throws(MachineFailure) in
                try File.tryAppending(to: "\(folder)/none/a.jsonl")
            }
            #expect(
                missing
                    == "Could not write in the folder '\(folder)/none': No such file or directory.")
            let isFolder = reason { () throws(MachineFailure) in
                try File.tryAppending(to: folder)
            }
            #expect(isFolder == "Could not open '\(folder)': Is a directory.")
            let file = "\(folder)/file"
            try File.replace(file, with: [])
            let inFile = reason { () throws(MachineFailure) in
                try File.tryReplacing("\(file)/pins.json")
            }
            #expect(inFile == "Could not open '\(file)/pins.json': Not a directory.")
            #expect(
                reason { () throws(MachineFailure) in try File.tryReplacing(folder) }
                    == "Could not write '\(folder)': Is a directory.")
        }
    }

    @Test("a file of ours alone begins with our mark, and may be empty or missing")
    func continuing() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/calls.jsonl"
            let mark = Array("{\"recording\"".utf8)
            func attempt() -> String? {
                reason { () throws(MachineFailure) in try File.tryContinuing(path, mark: mark) }
            }
            #expect(attempt() == nil)
            try File.replace(path, with: [])
            #expect(attempt() == nil)
            try File.replace(path, with: mark + Array(":1}\n".utf8))
            #expect(attempt() == nil)
            try File.replace(path, with: Array("Not ours.\n".utf8))
            #expect(attempt()?.contains("it holds something else") == true)
            try File.remove(path)
            #expect(unsafe mkfifo(path, 0o600) == 0)
            #expect(attempt()?.contains("it is no regular file") == true)
        }
    }

    @Test("a private folder may be missing with the ones above it, but not be open to others")
    func privateFolder() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/a/b/c"
            func attempt() -> String? {
                reason { () throws(MachineFailure) in try File.tryPrivateFolder(path) }
            }
            #expect(attempt() == nil)
            #expect(File.stamp("\(folder)/a") == nil)
            try File.makePrivateFolder(path)
            #expect(attempt() == nil)
            #expect(unsafe chmod(path, 0o755) == 0)
            #expect(attempt()?.contains("with mode 0700") == true)
        }
    }
}
