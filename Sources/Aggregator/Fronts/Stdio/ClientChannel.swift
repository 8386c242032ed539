import Aggregator
import Machine

/// Our standard output as the session writes to it.
struct ClientChannel: LineTransport {
    let output: Output

    func write(_ body: (inout [UInt8]) -> Void) { output.write(body) }
    var load: (accepted: UInt64, isCongested: Bool) { output.load }
    var sent: UInt64 { output.sent }
    func drained() async { await output.drained() }
}
