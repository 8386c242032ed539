#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// One connection over a UNIX socket: two descriptors of the same socket, one per direction.
package struct LocalSocket: Sendable {
    /// What the peer sends.
    package let input: Input
    /// What the peer receives.
    package let output: Output

    /// Takes over a connected socket.
    init(_ socket: consuming Descriptor, on loop: EventLoop) throws(MachineFailure) {
        let copy = fcntl(socket.number, F_DUPFD_CLOEXEC, 3)
        guard copy >= 0 else {
            throw MachineFailure("Could not duplicate a socket", errno: lastError)
        }
        input = Input(socket, on: loop)
        // The end is seen by whoever reads the input.
        output = Output(Descriptor(copy, .socket), on: loop, reportsDeath: false)
    }

    /// Connects to a listener.
    ///
    /// Throws `.missing` or `.system` (refused) when nobody listens there.
    package static func connect(to path: String, on loop: EventLoop)
        throws(MachineFailure) -> LocalSocket
    {
        loop.checkIsCurrent()
        let socket = try LocalAddress.socket()
        let error = try LocalAddress(path).connect(socket)
        guard error == 0 else {
            throw MachineFailure("Could not connect to the socket '\(path)'", errno: error)
        }
        return try LocalSocket(socket, on: loop)
    }
}
