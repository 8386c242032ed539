/// The way to cancel one child of a task group, which has no handle of its own.
///
/// A child puts its handle into a table first thing and takes it out last thing, under the table's
/// lock; it is cancelled under the same lock, so it is never used after the child has ended. What
/// runs on cancellation must not touch that lock.
@safe struct TaskHandle: @unchecked Sendable {
    private let task: UnsafeCurrentTask

    /// Hands the handle of the running task to `body`, which must not keep it beyond the task.
    static func withCurrent(_ body: (TaskHandle) -> Void) {
        unsafe withUnsafeCurrentTask { task in
            if let task = unsafe task { body(unsafe TaskHandle(task: task)) }
        }
    }

    /// Cancels the task.
    func cancel() { unsafe task.cancel() }
}
