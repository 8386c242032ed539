#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// An open descriptor and the way its kind wants to be read and written; closed with its owner.
struct Descriptor: ~Copyable {
    /// The system's number.
    let number: Int32
    /// What it is, because not everything can be waited for or made non-blocking.
    let kind: Kind

    /// How a descriptor behaves.
    enum Kind: Sendable {
        /// A pipe or terminal with a non-blocking description of its own.
        case stream
        /// A socket: each call says itself that it must not block.
        case socket
        /// A file or `/dev/null`: always ready, and nothing can wait for it.
        case file
    }

    /// Takes over an open descriptor.
    init(_ number: Int32, _ kind: Kind) {
        self.number = number
        self.kind = kind
    }

    deinit { _ = close(number) }

    /// What one attempt to move bytes came to.
    enum Attempt {
        case moved(Int)
        case wouldBlock
        case failed(Int32)

        /// Reads what a system call returned, and `errno`.
        init(_ result: Int) {
            if result >= 0 {
                self = .moved(result)
            } else if errno == EAGAIN || errno == EWOULDBLOCK {
                self = .wouldBlock
            } else {
                self = .failed(errno)
            }
        }
    }

    /// Reads once, without waiting.
    ///
    /// 0 bytes moved mean the end.
    borrowing func read(into target: UnsafeMutableRawBufferPointer) -> Attempt {
        Attempt(
            retrying {
                switch kind {
                case .socket: unsafe recv(number, target.baseAddress, target.count, receiveFlags)
                case .stream, .file: unsafe systemRead(number, target.baseAddress, target.count)
                }
            })
    }

    /// Writes once, without waiting.
    borrowing func write(_ source: UnsafeRawBufferPointer) -> Attempt {
        Attempt(
            retrying {
                switch kind {
                case .socket: unsafe send(number, source.baseAddress, source.count, sendFlags)
                case .stream, .file: unsafe systemWrite(number, source.baseAddress, source.count)
                }
            })
    }

    /// Accepts a connection, if one waits; the number moved is its descriptor's.
    borrowing func accept() -> Attempt {
        #if canImport(Darwin)
        Attempt(retrying { Int(Darwin.accept(number, nil, nil)) })
        #else
        Attempt(retrying { Int(Glibc.accept(number, nil, nil)) })
        #endif
    }

    /// Sets `O_NONBLOCK`.
    ///
    /// Only for descriptions that are ours alone.
    borrowing func makeNonBlocking() {
        let flags = fcntl(number, F_GETFL)
        _ = fcntl(number, F_SETFL, flags | O_NONBLOCK)
    }

    /// Whether the other side is gone altogether: a pipe without reader, a socket closed both ways.
    borrowing func hasLostPeer() -> Bool {
        var question = pollfd(fd: number, events: 0, revents: 0)
        guard unsafe poll(&question, 1, 0) > 0 else { return false }
        return question.revents & Int16(POLLERR | POLLHUP | POLLNVAL) != 0
    }
}

private let receiveFlags = Int32(MSG_DONTWAIT)

#if canImport(Darwin)
private let sendFlags = Int32(MSG_DONTWAIT)
private func systemRead(_ number: Int32, _ target: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    unsafe Darwin.read(number, target, count)
}
private func systemWrite(_ number: Int32, _ source: UnsafeRawPointer?, _ count: Int) -> Int {
    unsafe Darwin.write(number, source, count)
}
#else
private let sendFlags = Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)
private func systemRead(_ number: Int32, _ target: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    unsafe Glibc.read(number, target, count)
}
private func systemWrite(_ number: Int32, _ source: UnsafeRawPointer?, _ count: Int) -> Int {
    unsafe Glibc.write(number, source, count)
}
#endif
