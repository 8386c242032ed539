import CCurl

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

extension CurlMulti {
    /// How many sockets of connections are open.
    var connections: Int { sockets.values.count { $0.isKept } }

    /// Opens a socket for a connection.
    func open(_ family: Int32, _ type: Int32, _ network: Int32) -> Int32 {
        let number = socket(family, type, network)
        guard number >= 0 else { return CURL_SOCKET_BAD }
        let descriptor = Descriptor(number, .socket)
        descriptor.makePrivate()
        sockets[number] = CurlSocket(descriptor, number: number, isKept: true, self, on: loop)
        return number
    }

    /// Closes the socket of a connection.
    func closed(_ number: Int32) -> Int32 {
        sockets.removeValue(forKey: number)?.close()
        return 0
    }

    /// Follows libcurl's interest in a socket (`CURL_POLL_…`).
    func follow(_ number: Int32, _ what: Int32) -> Int32 {
        if let socket = sockets[number] {
            socket.want(what)
            if what == CURL_POLL_REMOVE, !socket.isKept { _ = closed(number) }
        } else if what != CURL_POLL_REMOVE {
            // One that libcurl made for itself, to hear from the thread that looks a name up: it
            // closes that without asking, so a copy is watched.
            let copy = fcntl(number, F_DUPFD_CLOEXEC, 3)
            guard copy >= 0 else { return -1 }
            let socket = CurlSocket(
                Descriptor(copy, .socket), number: number, isKept: false, self, on: loop)
            sockets[number] = socket
            socket.want(what)
        }
        return 0
    }
}
