#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// An address of the internet, of either version, with a port; and the calls that need it.
struct SocketAddress {
    private var storage = sockaddr_storage()
    private var size = socklen_t(MemoryLayout<sockaddr_storage>.size)

    /// Room for an address that the system fills in.
    init() {}

    /// An address written in digits, in brackets or without; `localhost` is 127.0.0.1.
    init(_ text: String, port: Int) throws(MachineFailure) {
        guard (0...65_535).contains(port) else {
            throw MachineFailure(
                .system, "Could not listen at port \(port): ports go from 0 to 65535.",
                errno: EINVAL)
        }
        let isBracketed = text.first == "[" && text.last == "]"
        let digits =
            text == "localhost"
            ? "127.0.0.1" : isBracketed ? String(text.dropFirst().dropLast()) : text
        guard setVersion4(digits, port) || setVersion6(digits, port) else {
            throw MachineFailure(
                .system,
                "Could not listen at '\(text)': it is no address. "
                    + "Write it in digits, such as 127.0.0.1 or ::1.",
                errno: EINVAL)
        }
    }

    private mutating func setVersion4(_ text: String, _ port: Int) -> Bool {
        var address = sockaddr_in()
        guard unsafe inet_pton(AF_INET, text, &address.sin_addr) == 1 else { return false }
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        size = socklen_t(MemoryLayout<sockaddr_in>.size)
        unsafe withUnsafeMutableBytes(of: &storage) {
            unsafe $0.storeBytes(of: address, as: sockaddr_in.self)
        }
        return true
    }

    private mutating func setVersion6(_ text: String, _ port: Int) -> Bool {
        var address = sockaddr_in6()
        guard unsafe inet_pton(AF_INET6, text, &address.sin6_addr) == 1 else { return false }
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = in_port_t(port).bigEndian
        size = socklen_t(MemoryLayout<sockaddr_in6>.size)
        unsafe withUnsafeMutableBytes(of: &storage) {
            unsafe $0.storeBytes(of: address, as: sockaddr_in6.self)
        }
        return true
    }

    /// Whether it is one of version 6.
    var isVersion6: Bool { Int32(storage.ss_family) == AF_INET6 }

    /// The port.
    var port: Int {
        unsafe withUnsafeBytes(of: storage) { bytes in
            // At the same place in both versions.
            Int(UInt16(bigEndian: unsafe bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
        }
    }

    /// The address in digits and the port, as URLs have them.
    var text: String {
        var name = [CChar](repeating: 0, count: 64)
        let flags = Int32(NI_NUMERICHOST)
        let result = unsafe withAddress { address, size in
            unsafe getnameinfo(address, size, &name, 64, nil, 0, flags)
        }
        guard result == 0 else { return "unknown" }
        let end = name.firstIndex(of: 0) ?? name.count
        let digits = String(decoding: name[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        if !isVersion6 { return "\(digits):\(port)" }
        let mapped = "::ffff:"
        return digits.hasPrefix(mapped) && digits.contains(".")
            ? "\(digits.dropFirst(mapped.count)):\(port)" : "[\(digits)]:\(port)"
    }
}

extension SocketAddress {
    /// Looks at the address as system calls want it.
    func withAddress(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        unsafe withUnsafePointer(to: storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, size)
            }
        }
    }

    /// Lets a system call fill the address in.
    mutating func fill(
        _ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int
    ) -> Int {
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, &size)
            }
        }
        self.size = min(size, socklen_t(MemoryLayout<sockaddr_storage>.size))
        return result
    }
}
