#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The address of a UNIX socket, and the calls that need it.
struct LocalAddress {
    private var address = sockaddr_un()

    /// The system's limit for a path is about 100 bytes.
    init(_ path: String) throws(MachineFailure) {
        let bytes = Array(path.utf8)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard bytes.count < room else {
            throw MachineFailure(
                .system,
                "Could not use the socket '\(path)': its path is longer than \(room - 1) bytes.",
                errno: ENAMETOOLONG)
        }
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
    }

    /// A new stream socket, non-blocking.
    static func socket() throws(MachineFailure) -> Descriptor {
        try Descriptor.socket(family: AF_UNIX)
    }

    /// Gives a socket this name; 0 or an error number.
    func bind(_ descriptor: borrowing Descriptor) -> Int32 {
        let number = descriptor.number
        return unsafe call { unsafe systemBind(number, $0, $1) }
    }

    /// Connects a socket to this name; 0 or an error number.
    func connect(_ descriptor: borrowing Descriptor) -> Int32 {
        let number = descriptor.number
        return unsafe call { unsafe systemConnect(number, $0, $1) }
    }

    private func call(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        return unsafe withUnsafePointer(to: address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, size) == 0 ? 0 : lastError
            }
        }
    }
}

// Inside the type, `bind` and `connect` are its own methods.
private func systemBind(_ number: Int32, _ address: UnsafePointer<sockaddr>, _ size: socklen_t)
    -> Int32
{
    unsafe bind(number, address, size)
}

private func systemConnect(_ number: Int32, _ address: UnsafePointer<sockaddr>, _ size: socklen_t)
    -> Int32
{
    unsafe connect(number, address, size)
}

extension Descriptor {
    /// Marks a description of our own: non-blocking, closed on exec, silent when the peer is gone.
    borrowing func makePrivate() {
        _ = fcntl(number, F_SETFD, FD_CLOEXEC)
        makeNonBlocking()
        #if canImport(Darwin)
        var yes: Int32 = 1
        _ = unsafe setsockopt(
            number, SOL_SOCKET, SO_NOSIGPIPE, &yes, socklen_t(MemoryLayout<Int32>.size))
        #endif
    }
}
