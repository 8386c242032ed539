import Aggregator
import Machine

/// Our standard output as the session writes to it.
struct ClientChannel: LineTransport {
    let output: Output

    func write(_ body: (inout [UInt8]) -> Void) { output.write(body) }
    var accepted: UInt64 { output.accepted }
    var sent: UInt64 { output.sent }
    var isCongested: Bool { output.isCongested }
    func drained() async { await output.drained() }
    func close() { output.close() }
}
