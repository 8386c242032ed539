#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

extension Environment {
    /// The absolute path of the working directory; nil when it was removed.
    package static var currentDirectory: String? {
        guard let path = unsafe getcwd(nil, 0) else { return nil }
        defer { unsafe free(path) }
        return unsafe String(cString: path)
    }

    /// The absolute path of the running program; nil where the system does not tell.
    package static var executablePath: String? {
        let capacity = Int(PATH_MAX)
        let path = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            #if canImport(Darwin)
            var size = UInt32(capacity)
            let result = unsafe buffer.withMemoryRebound(to: CChar.self) {
                unsafe _NSGetExecutablePath($0.baseAddress, &size)
            }
            guard result == 0 else { return }
            count = buffer.firstIndex(of: 0) ?? 0
            #else
            let length = unsafe buffer.withMemoryRebound(to: CChar.self) { path in
                guard let path = path.baseAddress else { return -1 }
                return unsafe readlink("/proc/self/exe", path, capacity)
            }
            count = max(length, 0)
            #endif
        }
        return path.isEmpty ? nil : String(decoding: path, as: UTF8.self)
    }

    /// The number of this process.
    package static var processId: Int32 { getpid() }

    /// The number of the user this process acts for.
    package static var userId: UInt32 { geteuid() }

    /// Whether a person sits at the other end of a descriptor.
    package static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }
}
