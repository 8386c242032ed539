/// The writing half of a conversation in lines, as the peer needs it.
package protocol LineTransport: Sendable {
    /// Appends to what will be written at the end of the loop's turn; `body` adds whole lines.
    func write(_ body: (inout [UInt8]) -> Void)

    /// How many bytes have been accepted for writing since the start, and whether the other side
    /// reads more slowly than it is written to.
    var load: (accepted: UInt64, isCongested: Bool) { get }

    /// The number of waiting bytes above which it is congested.
    var highWater: Int { get }

    /// How many of them the other side's pipe has taken.
    var sent: UInt64 { get }

    /// Returns when there is room again, the transport is closed or the task is cancelled.
    func drained() async

    /// Drops what was not sent and takes no more: from then on `sent` stands still.
    func close()
}

extension LineTransport {
    /// 8 MiB, as an output's own mark is when nobody sets it.
    package var highWater: Int { 8 * 1024 * 1024 }
}
