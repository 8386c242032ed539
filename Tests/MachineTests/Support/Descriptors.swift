import Glibc

@testable import Machine

/// How many descriptors this process has open.
func openDescriptors() -> Int {
    (0..<1024).count { fcntl($0, F_GETFD) >= 0 }
}

/// How much processor time the calling thread has used.
func processorTime() -> Duration {
    var time = timespec()
    unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
}

extension Input {
    /// Everything until the end.
    func readAll() async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while try await read(into: &bytes) > 0 {}
        return bytes
    }
}

extension Output {
    /// Writes a text.
    func write(_ text: String) {
        write { $0.append(contentsOf: text.utf8) }
    }
}
