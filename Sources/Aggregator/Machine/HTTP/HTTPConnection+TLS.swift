extension HTTPConnection {
    /// Takes bytes of the network.
    func decrypt(_ bytes: Span<UInt8>) {
        var at = 0
        while at < bytes.count, watch != nil {
            let count = min(TLSSession.piece, bytes.count - at)
            tls?.put(bytes.extracting(at..<(at + count)))
            at += count
            if !advance() { return }
        }
    }

    /// Goes on with the handshake and takes out what can be read; false at the end of the stream.
    private func advance() -> Bool {
        if tls?.isOpen == false {
            switch tls?.shakeHands() {
            case .moved:
                phase = .idle
                deadline = server.tick + server.deadlines.idle
                queue()
            case .wouldBlock:
                queue()
                return true
            case .failed(let reason):
                server.handshakeFailed(address, reason)
                return fail()
            case .ended, nil: return fail()
            }
        }
        while watch != nil {
            guard let step = tls?.read(into: server.plainBuffer) else { return false }
            switch step {
            case .moved(let count): server.plainBuffer.withBytes(count) { take($0) }
            case .wouldBlock:
                // An answer to a message of the protocol itself, such as a new key.
                if (tls?.sendable ?? 0) > 0 { queue() }
                return true
            case .ended:
                ended()
                return false
            case .failed: return fail()
            }
        }
        return false
    }

    /// The peer does not speak TLS, or not as it must: it is told why, and that is all.
    private func fail() -> Bool {
        takeSendable()
        closeWhenSent()
        return false
    }

    /// Encrypts what was written, and takes out what must be sent.
    func encrypt() {
        guard tls != nil else { return }
        var at = 0
        while at < plain.count {
            let end = min(at + 16 << 10, plain.count)
            guard case .moved(let count) = tls?.write(plain.span.extracting(at..<end)) else {
                break
            }
            at += count
            takeSendable()
        }
        if at == plain.count {
            plain.removeAll(keepingCapacity: plain.capacity <= PendingBytes.keptCapacity)
        } else {
            plain.removeFirst(at)
        }
        takeSendable()
    }

    private func takeSendable() {
        guard (tls?.sendable ?? 0) > 0 else { return }
        _ = pending.append { tls?.take(into: &$0) }
    }

    /// The last message of a connection with TLS: without it the client cannot know that the answer
    /// was not cut off.
    func sayGoodbye() {
        guard tls?.isOpen == true else { return }
        encrypt()
        tls?.finish()
        takeSendable()
    }
}
