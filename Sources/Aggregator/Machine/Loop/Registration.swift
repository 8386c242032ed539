import CEvent

/// What a registration waits for.
struct Interest: OptionSet {
    let rawValue: Int16

    static let read = Interest(rawValue: Int16(EV_READ))
    static let write = Interest(rawValue: Int16(EV_WRITE))
    /// The peer's end or its departure, and every arrival: once each, although nobody reads.
    static let departure = Interest(rawValue: Int16(EV_READ | EV_CLOSED | EV_ET))
    /// Only the timer given to `add(after:)`.
    static let timer = Interest([])
}

/// One libevent event: freed with its owner.
///
/// Used on the loop's thread only.
@safe struct Registration: ~Copyable {
    private let event: OpaquePointer
    private let base: EventBase

    private init(_ event: OpaquePointer, _ base: EventBase) {
        unsafe self.event = event
        self.base = base
    }

    deinit { unsafe event_free(event) }

    /// An event that stays registered until removed, once added.
    ///
    /// `context` is not retained: it must own the registration.
    static func make(
        _ descriptor: Int32, _ interest: Interest, on base: EventBase, context: AnyObject,
        callback: @escaping event_callback_fn
    ) throws(MachineFailure) -> Registration {
        // A persistent timer would set itself again.
        let flags = interest == .timer ? 0 : interest.rawValue | Int16(EV_PERSIST)
        let event = unsafe event_new(
            base.pointer, descriptor, flags, callback,
            Unmanaged.passUnretained(context).toOpaque())
        guard let event = unsafe event else {
            throw MachineFailure(.system, "Could not register descriptor \(descriptor).")
        }
        return unsafe Registration(event, base)
    }

    /// Starts waiting.
    ///
    /// Fails for a descriptor that cannot be waited for.
    borrowing func add() -> Bool { unsafe event_add(event, nil) == 0 }

    /// Starts the timer, or sets it anew.
    borrowing func add(after delay: Duration) {
        // A day is as good as for ever here, and keeps every platform's arithmetic safe.
        let bounded = min(max(delay, .zero), .seconds(86_400)).components
        var time = timeval()
        time.tv_sec = numericCast(bounded.seconds)
        time.tv_usec = numericCast(bounded.attoseconds / 1_000_000_000_000)
        unsafe event_add(event, &time)
    }

    /// Stops waiting.
    borrowing func remove() { unsafe event_del(event) }
}
