import Glibc
import Machine

/// Runs a body with the path of a new private folder, and removes what it left there.
func withTemporaryFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let path = "/tmp/machine-tests-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
    try File.makePrivateFolder(path)
    defer { _ = unsafe system("rm -rf '\(path)'") }
    return try await body(path)
}
