import CEvent

/// libevent's loop.
///
/// Whatever is registered with it keeps it alive, so that it is freed last.
///
/// `@unchecked Sendable`: the base is used by the thread that runs its loop only, or by the one
/// that lets go of the last reference.
@safe final class EventBase: @unchecked Sendable {
    /// libevent's handle.
    let pointer: OpaquePointer

    private init(_ pointer: OpaquePointer) { unsafe self.pointer = pointer }

    deinit { unsafe event_base_free(pointer) }

    /// A base without locks: one thread uses it.
    static func make() throws(MachineFailure) -> EventBase {
        let configuration = unsafe event_config_new()
        defer { unsafe event_config_free(configuration) }
        unsafe event_config_set_flag(configuration, Int32(EVENT_BASE_FLAG_NOLOCK.rawValue))
        guard let pointer = unsafe event_base_new_with_config(configuration) else {
            throw MachineFailure(.system, "Could not make an event loop: libevent refused.")
        }
        return unsafe EventBase(pointer)
    }

    /// Waits for events, or only looks for them, and runs their callbacks once.
    func wait(blocking: Bool) {
        let flags = EVLOOP_ONCE | (blocking ? 0 : EVLOOP_NONBLOCK)
        unsafe event_base_loop(pointer, flags)
    }
}
