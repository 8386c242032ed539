#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

extension Descriptor {
    /// A new stream socket for addresses of this version, non-blocking.
    static func socket(isVersion6: Bool) throws(MachineFailure) -> Descriptor {
        try socket(family: isVersion6 ? AF_INET6 : AF_INET)
    }

    /// A new stream socket for addresses of a family, non-blocking.
    static func socket(family: Int32) throws(MachineFailure) -> Descriptor {
        #if canImport(Darwin)
        let number = Darwin.socket(family, SOCK_STREAM, 0)
        #else
        let number = Glibc.socket(family, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        guard number >= 0 else {
            throw MachineFailure("Could not make a socket", errno: lastError)
        }
        let descriptor = Descriptor(number, .socket)
        descriptor.makePrivate()
        return descriptor
    }

    /// Sets an option that is a number; false when the system does not know it.
    @discardableResult
    borrowing func set(_ option: Int32, _ value: Int32, level: Int32 = SOL_SOCKET) -> Bool {
        var value = value
        return unsafe setsockopt(
            number, level, option, &value, socklen_t(MemoryLayout<Int32>.size)) == 0
    }

    /// Accepts a connection, if one waits, and notes who connects.
    borrowing func accept(from address: inout SocketAddress) -> Attempt {
        Attempt(
            retrying {
                unsafe address.fill { address, size in
                    #if canImport(Darwin)
                    unsafe Int(Darwin.accept(number, address, size))
                    #else
                    unsafe Int(Glibc.accept(number, address, size))
                    #endif
                }
            })
    }

    /// Tells the peer that nothing more comes; it may still be read from.
    borrowing func finishWriting() { _ = shutdown(number, Int32(SHUT_WR)) }

    /// Another descriptor of the same stream; nil when the system has none left.
    borrowing func duplicate() -> Descriptor? {
        let copy = fcntl(number, F_DUPFD_CLOEXEC, 3)
        return copy < 0 ? nil : Descriptor(copy, kind)
    }

    /// Whether the other side sends no more or is gone, although bytes may lie unread before that.
    borrowing func hasDepartedPeer() -> Bool {
        #if canImport(Darwin)
        let departure: Int16 = 0
        #else
        let departure: Int16 = 0x2000  // POLLRDHUP, which only _GNU_SOURCE shows.
        #endif
        var question = pollfd(fd: number, events: departure, revents: 0)
        guard unsafe poll(&question, 1, 0) > 0 else { return false }
        return question.revents & (departure | Int16(POLLERR | POLLHUP | POLLNVAL)) != 0
    }
}
