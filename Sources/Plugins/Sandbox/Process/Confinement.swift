#if canImport(Glibc)
import CSeccomp
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What a worker can do to the rest of the machine: nothing but read, write and compute.
@safe struct Confinement {
    /// How much memory a worker may add to what it starts with.
    static let memory = 256 << 20

    #if canImport(Glibc)
    private let seccomp: cseccomp
    private let filter: UnsafeMutableRawPointer

    /// Why there is none on a system that should have it.
    struct Fault: Error {
        let reason: String
    }

    /// The calls that computing needs: to read and write what is open, memory, and the end.
    private static let allowed = [
        "read", "write", "brk", "munmap", "mremap", "madvise", "futex", "exit", "exit_group",
        "rt_sigreturn", "rt_sigprocmask", "rt_sigaction", "sigreturn", "getpid", "gettid", "tgkill",
        "clock_gettime", "clock_gettime64", "gettimeofday", "time", "sched_yield",
        "restart_syscall", "getrandom", "sysinfo",
    ]
    /// The same for memory that must not become code.
    private static let allowedAsData = ["mmap", "mmap2", "mprotect"]

    /// Prepares what `apply` makes irrevocable.
    static func prepare() throws(Fault) -> Confinement? {
        var seccomp = unsafe cseccomp()
        guard unsafe cseccomp_open(&seccomp, "libseccomp.so.2") else {
            throw Fault(
                reason: "libseccomp is not there: install it (Debian: libseccomp2, Fedora:"
                    + " libseccomp)")
        }
        guard let filter = unsafe cseccomp_make(&seccomp) else {
            throw Fault(reason: "libseccomp makes no filter")
        }
        for name in allowed {
            guard unsafe cseccomp_allow(&seccomp, filter, name) else { throw refused(name) }
        }
        for name in allowedAsData {
            guard unsafe cseccomp_allow_data(&seccomp, filter, name) else { throw refused(name) }
        }
        return unsafe Confinement(seccomp: seccomp, filter: filter)
    }

    private static func refused(_ name: String) -> Fault {
        Fault(reason: "libseccomp cannot allow '\(name)'")
    }

    /// From now on, whatever else is tried ends the process; false when the system refuses.
    func apply() -> Bool {
        var seccomp = unsafe self.seccomp
        return unsafe cseccomp_apply(&seccomp, filter)
    }
    #else
    /// Nothing of the kind can fail where there is none.
    struct Fault: Error {
        let reason: String
    }

    /// Other systems have no such filter.
    static func prepare() throws(Fault) -> Confinement? { nil }

    func apply() -> Bool { false }
    #endif

    /// Bounds memory and files of this process and all its copies.
    static func limit() {
        set(RLIMIT_CORE, 0)
        set(RLIMIT_FSIZE, 0)
        set(RLIMIT_DATA, memory)
        if let size = addressSpace { set(RLIMIT_AS, size + memory) }
    }

    #if canImport(Darwin)
    private typealias Resource = Int32
    #else
    private typealias Resource = __rlimit_resource
    #endif

    private static func set(_ resource: Resource, _ value: Int) {
        var limit = rlimit(rlim_cur: rlim_t(value), rlim_max: rlim_t(value))
        #if canImport(Darwin)
        _ = unsafe setrlimit(resource, &limit)
        #else
        _ = unsafe setrlimit(__rlimit_resource_t(resource.rawValue), &limit)
        #endif
    }

    /// How much address space this process has; nil where the system does not tell.
    private static var addressSpace: Int? {
        #if canImport(Glibc)
        let file = unsafe open("/proc/self/statm", O_RDONLY)
        guard file >= 0 else { return nil }
        defer { _ = close(file) }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = unsafe read(file, &bytes, bytes.count)
        let digits = bytes.prefix(max(count, 0)).prefix { $0 != UInt8(ascii: " ") }
        return Int(String(decoding: digits, as: UTF8.self)).map {
            $0 * Int(sysconf(Int32(_SC_PAGESIZE)))
        }
        #else
        return nil
        #endif
    }
}
