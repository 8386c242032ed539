import Synchronization

/// A reference that can be dropped on another thread.
final class Holder<Value: AnyObject & Sendable>: Sendable {
    private let value: Mutex<Value?>

    init(_ value: Value) { self.value = Mutex(value) }

    func drop() { value.withLock { $0 = nil } }
}
