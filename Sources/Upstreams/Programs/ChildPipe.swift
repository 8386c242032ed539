import Aggregator
package import Machine

/// A child's standard input as the peer writes to it.
package struct ChildPipe: LineTransport {
    private let output: Output

    /// The standard input of a child.
    package init(_ output: Output) { self.output = output }

    package func write(_ body: (inout [UInt8]) -> Void) { output.write(body) }
    package var load: (accepted: UInt64, isCongested: Bool) { output.load }
    package var highWater: Int { output.highWater }
    package var sent: UInt64 { output.sent }
    package func drained() async { await output.drained() }
    package func close() { output.close() }
}
