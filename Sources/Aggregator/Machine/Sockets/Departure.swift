/// Notices that a peer is gone although nobody reads what it sent.
///
/// It waits on a descriptor of its own, and is told of each arrival once: a wait for bytes that are
/// never read would spin, and one for the end alone does not see a reset.
///
/// `@unchecked Sendable`: used on the loop's thread only.
final class Departure: @unchecked Sendable {
    private var registration: Registration?
    private let descriptor: Descriptor
    private let gone: () -> Void

    /// Calls `gone` once the peer sends no more; nil when it cannot be waited for.
    init?(of watch: Watch, on loop: EventLoop, _ gone: @escaping () -> Void) {
        guard let descriptor = watch.duplicate() else { return nil }
        let number = descriptor.number
        self.descriptor = descriptor
        self.gone = gone
        registration = try? unsafe Registration.make(
            number, .departure, on: loop.base, context: self
        ) { _, _, context in
            guard let context = unsafe context else { return }
            unsafe Unmanaged<Departure>.fromOpaque(context).takeUnretainedValue().look()
        }
        if registration?.add() != true { return nil }
    }

    private func look() {
        guard descriptor.hasDepartedPeer() else { return }
        registration = nil
        gone()
    }
}
