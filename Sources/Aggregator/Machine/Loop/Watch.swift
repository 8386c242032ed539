/// What is told when a descriptor is ready; on the loop's thread.
protocol Watcher: AnyObject, Sendable {
    /// There is something to read, or the end, or an error.
    func becameReadable()
    /// There is room to write, or an error.
    func becameWritable()
}

extension Watcher {
    func becameWritable() {}
}

/// A descriptor and its interest in the loop, closed and forgotten together.
///
/// `@unchecked Sendable`: used on the loop's thread only; `dispose` goes there by itself.
final class Watch: @unchecked Sendable {
    private let loop: EventLoop
    private weak var watcher: (any Watcher)?
    // Before the descriptor, so that the loop never asks about a stranger's.
    private var reading: Registration?
    private var writing: Registration?
    private var isReading = false
    private var isWriting = false
    private var descriptor: Descriptor?

    /// Takes over a descriptor without any interest yet.
    init(_ descriptor: consuming Descriptor, on loop: EventLoop) {
        self.descriptor = consume descriptor
        self.loop = loop
    }

    /// Closes the descriptor and ends its interest: at once on the loop's thread, or when the loop
    /// does not run; soon otherwise.
    ///
    /// Callable on any thread.
    func dispose() {
        if loop.isRunning { loop.perform { self.disposeHere() } } else { disposeHere() }
    }

    private func disposeHere() {
        reading = nil
        writing = nil
        descriptor = nil
    }

    /// Reads once, without waiting.
    ///
    /// 0 bytes moved mean the end.
    func read(into target: UnsafeMutableRawBufferPointer) -> Descriptor.Attempt {
        unsafe descriptor?.read(into: target) ?? .failed(0)
    }

    /// Writes once, without waiting.
    func write(_ source: UnsafeRawBufferPointer) -> Descriptor.Attempt {
        unsafe descriptor?.write(source) ?? .failed(0)
    }

    /// Accepts a connection on a listening socket.
    ///
    /// Moved means the new descriptor.
    func accept() -> Descriptor.Attempt { descriptor?.accept() ?? .failed(0) }

    /// The same, and who connects.
    func accept(from address: inout SocketAddress) -> Descriptor.Attempt {
        descriptor?.accept(from: &address) ?? .failed(0)
    }

    /// Tells the peer of a socket that nothing more comes; it may still be read from.
    func finishWriting() { descriptor?.finishWriting() }

    /// Another descriptor of the same stream; nil when the system has none left.
    func duplicate() -> Descriptor? { descriptor?.duplicate() }

    /// Whether the other side is gone altogether.
    var hasLostPeer: Bool { descriptor?.hasLostPeer() ?? true }

    /// Says who is told, before any interest is shown.
    ///
    /// The watcher is not retained.
    func tell(_ watcher: any Watcher) { self.watcher = watcher }

    /// Wants to be told of bytes to read.
    ///
    /// Stays registered, because asking anew for each message would cost a system call each time.
    /// False when the descriptor cannot be waited for.
    @discardableResult
    func startReading() -> Bool {
        if isReading { return true }
        guard let number = descriptor?.number else { return false }
        if reading == nil {
            reading = try? unsafe Registration.make(
                number, .read, on: loop.base, context: self
            ) { _, _, context in
                unsafe Watch.from(context)?.watcher?.becameReadable()
            }
        }
        isReading = reading?.add() ?? false
        return isReading
    }

    /// Wants no more to be told: nobody reads, and the loop would spin.
    func stopReading() {
        if isReading { reading?.remove() }
        isReading = false
    }

    /// Wants to be told of room to write.
    ///
    /// False when the descriptor cannot be waited for.
    func startWriting() -> Bool {
        if isWriting { return true }
        guard let number = descriptor?.number else { return false }
        if writing == nil {
            writing = try? unsafe Registration.make(
                number, .write, on: loop.base, context: self
            ) { _, _, context in
                unsafe Watch.from(context)?.watcher?.becameWritable()
            }
        }
        isWriting = writing?.add() ?? false
        return isWriting
    }

    /// Everything is written.
    func stopWriting() {
        if isWriting { writing?.remove() }
        isWriting = false
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> Watch? {
        guard let context = unsafe context else { return nil }
        return unsafe Unmanaged<Watch>.fromOpaque(context).takeUnretainedValue()
    }
}
