import Glibc
import Testing

@testable import Machine

@Suite struct FileTests {
    @Test("a path leads through links to what is there, and a link to nothing is refused")
    func links() async throws {
        try await withTemporaryFolder { folder in
            let (path, link) = ("\(folder)/file", "\(folder)/link")
            #expect(try File.target(of: path) == path)
            #expect(unsafe symlink("file", link) == 0)
            #expect(throws: MachineFailure.self) { try File.target(of: link) }
            try File.replace(path, with: [1])
            #expect(try File.target(of: link).hasSuffix("/file"))
        }
    }

    @Test("a file is replaced whole, private, and leaves nothing beside it")
    func replacing() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/file"
            try File.replace(path, with: Array("one".utf8))
            let first = File.stamp(path)
            try File.replace(path, with: Array("three".utf8))
            #expect(try File.read(path, limit: 100) == Array("three".utf8))
            #expect(File.stamp(path) != first)
            #expect(File.stamp(path)?.size == 5)
            var status = stat()
            #expect(unsafe stat(path, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600)
            try File.remove(path)
            try File.remove(path)
            #expect(unsafe rmdir(folder) == 0, "something was left")
        }
    }

    @Test("a file gets the permissions that are asked for, or those that the umask leaves")
    func permissions() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/file"
            try File.replace(path, with: [1], mode: 0o640)
            #expect(File.permissions(of: path) == 0o640)
            // A file that nothing was said about shows what the umask leaves.
            let plain = unsafe creat("\(folder)/plain", 0o666)
            close(plain)
            try File.replace(path, with: [1], mode: nil)
            #expect(File.permissions(of: path) == File.permissions(of: "\(folder)/plain"))
            #expect(File.permissions(of: folder) == nil)
            #expect(File.permissions(of: "\(folder)/none") == nil)
        }
    }

    @Test("a pipe that nobody writes to is refused instead of waited for")
    func silentPipe() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/pipe"
            #expect(unsafe mkfifo(path, 0o600) == 0)
            let failure = #expect(throws: MachineFailure.self) {
                try File.read(path, as: "it", limit: 100)
            }
            #expect(failure?.code == .unusable)
            #expect(
                failure?.message.hasPrefix(
                    "Could not read 'it': it is a pipe that nobody writes to.") == true)
        }
    }

    @Test("a pipe that somebody writes to is read to its end, an empty one too")
    func pipe() async throws {
        for text in ["written", ""] {
            var ends: [Int32] = [0, 0]
            #expect(unsafe Glibc.pipe(&ends) == 0)
            let bytes = Array(text.utf8)
            #expect(unsafe write(ends[1], bytes, bytes.count) == bytes.count)
            close(ends[1])
            #expect(try File.read("/dev/fd/\(ends[0])", limit: 100) == bytes)
            close(ends[0])
        }
    }

    @Test("reading stops at the limit, and says what is missing")
    func limits() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/file"
            try File.replace(path, with: [UInt8](repeating: 1, count: 200_000))
            #expect(try File.read(path, limit: 200_000).count == 200_000)
            let large = #expect(throws: MachineFailure.self) {
                try File.read(path, limit: 199_999)
            }
            #expect(large?.code == .tooLarge)
            let missing = #expect(throws: MachineFailure.self) {
                try File.read("\(folder)/none", limit: 1)
            }
            #expect(missing?.code == .missing)
            #expect(missing?.message.contains("\(folder)/none") == true)
            #expect(File.stamp("\(folder)/none") == nil)
        }
    }

    @Test("a private folder is made with those above it, and a link is refused")
    func folders() async throws {
        try await withTemporaryFolder { folder in
            try File.makePrivateFolder("\(folder)/a/b/c")
            try File.makePrivateFolder("\(folder)/a/b/c")
            _ = unsafe symlink("\(folder)/a", "\(folder)/link")
            let failure = #expect(throws: MachineFailure.self) {
                try File.makePrivateFolder("\(folder)/link")
            }
            #expect(failure?.code == .denied)
        }
    }
}
