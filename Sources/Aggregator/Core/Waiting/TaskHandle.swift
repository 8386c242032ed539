/// The way to cancel one child of a task group, which has no handle of its own.
///
/// A child puts its handle into a table first thing and takes it out last thing, under the table's
/// lock; it is cancelled under the same lock, so it is never used after the child has ended. What
/// runs on cancellation must not touch that lock. That is why `@unchecked Sendable` is true of it.
@safe package struct TaskHandle: @unchecked Sendable {
    /// An `UnsafeCurrentTask`, which is one pointer, without its reference.
    ///
    /// The task is alive as long as its handle is in the table. As itself it is a type of unknown
    /// size and slow to put there; the cast checks that it is one pointer.
    private let task: UnsafeRawPointer

    /// Hands the handle of the running task to `body`, which must not keep it beyond the task.
    package static func withCurrent<Result>(_ body: (TaskHandle?) -> Result) -> Result {
        body(current)
    }

    /// The handle of the running task, which must not be kept beyond it; nil outside of any.
    static var current: TaskHandle? {
        // No task at all is a null pointer; looking into the optional would copy what it holds.
        let task = unsafe withUnsafeCurrentTask { unsafe unsafeBitCast($0, to: Int.self) }
        return unsafe UnsafeRawPointer(bitPattern: task).map { unsafe TaskHandle(task: $0) }
    }

    /// Cancels the task.
    package func cancel() { unsafe unsafeBitCast(task, to: UnsafeCurrentTask.self).cancel() }
}
