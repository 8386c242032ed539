import CCrypto

/// One connection's encryption, between bytes of the network and bytes of the application.
///
/// It touches no descriptor: what came is put in, what must be sent is taken out. So reading and
/// writing stay one system call each, and a handshake waits like anything else.
@safe struct TLSSession: ~Copyable {
    /// What became of a step.
    enum Step {
        /// So many bytes are there, or the handshake is done.
        case moved(Int)
        /// More must come from the peer.
        case wouldBlock
        /// The peer says that it sends no more.
        case ended
        /// It cannot go on; why, as a phrase.
        case failed(String)
    }

    /// The most that is handed to OpenSSL at a time, so that its buffers stay small.
    static let piece = 8 << 10

    private let session: OpaquePointer
    private let incoming: OpaquePointer
    private let outgoing: OpaquePointer
    /// Whether the handshake is done.
    private(set) var isOpen = false

    private init(_ session: OpaquePointer, _ incoming: OpaquePointer, _ outgoing: OpaquePointer) {
        unsafe self.session = session
        unsafe self.incoming = incoming
        unsafe self.outgoing = outgoing
    }

    deinit { unsafe SSL_free(session) }

    /// The server's side of a connection; nil when there is no memory.
    static func make(_ context: TLSContext) -> TLSSession? {
        guard let session = unsafe SSL_new(context.pointer) else { return nil }
        guard let incoming = unsafe BIO_new(BIO_s_mem()), let outgoing = unsafe BIO_new(BIO_s_mem())
        else {
            unsafe SSL_free(session)
            return nil
        }
        // Freed with the session from here on.
        unsafe SSL_set_bio(session, incoming, outgoing)
        unsafe SSL_set_accept_state(session)
        return unsafe TLSSession(session, incoming, outgoing)
    }

    /// Puts in what came from the network; at most a piece at a time.
    func put(_ bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            _ = unsafe BIO_write(incoming, buffer.baseAddress, Int32(buffer.count))
        }
    }

    /// Goes on with the handshake.
    mutating func shakeHands() -> Step {
        ERR_clear_error()
        let result = unsafe SSL_do_handshake(session)
        if result == 1 {
            isOpen = true
            return .moved(0)
        }
        return step(result)
    }

    /// Takes out bytes of the application, as many as fit and have come.
    func read(into target: UnsafeMutableRawBufferPointer) -> Step {
        ERR_clear_error()
        let room = Int32(clamping: target.count)
        let result = unsafe SSL_read(session, target.baseAddress, room)
        return result > 0 ? .moved(Int(result)) : step(result)
    }

    /// The same, into memory that is shared.
    func read(into buffer: ReadBuffer) -> Step { buffer.fill(from: self) }

    /// Encrypts bytes of the application; what must be sent is then there to be taken.
    func write(_ bytes: Span<UInt8>) -> Step {
        ERR_clear_error()
        let result = unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe SSL_write(session, buffer.baseAddress, Int32(clamping: buffer.count))
        }
        return result > 0 ? .moved(Int(result)) : step(result)
    }

    /// Says that nothing more comes.
    func finish() {
        ERR_clear_error()
        unsafe SSL_shutdown(session)
        ERR_clear_error()
    }

    /// How many bytes must be sent to the network.
    var sendable: Int { unsafe BIO_ctrl_pending(outgoing) }

    /// Takes out what must be sent.
    func take(into bytes: inout [UInt8]) {
        let count = sendable
        guard count > 0 else { return }
        bytes.append(addingCapacity: count) { output in
            unsafe output.withUnsafeMutableBufferPointer { buffer, initialized in
                let rest = unsafe UnsafeMutableBufferPointer(rebasing: buffer[initialized...])
                let moved = unsafe BIO_read(outgoing, rest.baseAddress, Int32(clamping: rest.count))
                initialized += max(0, Int(moved))
            }
        }
    }

    private func step(_ result: Int32) -> Step {
        switch unsafe SSL_get_error(session, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: .wouldBlock
        case SSL_ERROR_ZERO_RETURN: .ended
        default: .failed(TLSReason.take())
        }
    }
}
