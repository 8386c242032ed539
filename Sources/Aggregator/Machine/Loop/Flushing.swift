/// What gathers bytes during a turn and sends them at its end.
protocol Flushing: AnyObject, Sendable {
    /// Writes what the kernel takes now; called once for each time it was put into the loop's list.
    func flush()
}
