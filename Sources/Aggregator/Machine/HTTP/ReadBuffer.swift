/// Memory that all connections of a server read into, one after the other: what a connection has to
/// keep it copies, so that an idle one keeps nothing.
///
/// `@unchecked Sendable`: used on the loop's thread only.
@safe final class ReadBuffer: @unchecked Sendable {
    private let memory: UnsafeMutableRawBufferPointer

    /// A buffer of so many bytes.
    init(_ count: Int = Input.bytesPerTurn) {
        unsafe memory = .allocate(byteCount: count, alignment: 64)
    }

    deinit { unsafe memory.deallocate() }

    /// Reads once.
    func fill(from watch: Watch) -> Descriptor.Attempt { unsafe watch.read(into: memory) }

    /// Takes out of a session what it has decrypted.
    func fill(from session: borrowing TLSSession) -> TLSSession.Step {
        unsafe session.read(into: memory)
    }

    /// Looks at the first `count` bytes.
    func withBytes(_ count: Int, _ body: (Span<UInt8>) -> Void) {
        let bytes = unsafe UnsafeBufferPointer(memory.bindMemory(to: UInt8.self))
        unsafe body(UnsafeBufferPointer(rebasing: bytes[..<count]).span)
    }
}
