import Aggregator
import Wire

/// The first line of an executable plugin: which contract it keeps, and how much it does at a time.
///
/// `{"jsonrpc":"2.0","method":"plugin/hello","params":{"contract":1,"name":"mask","concurrency":8}}`
struct Greeting: Equatable {
    /// The contract that is kept here.
    static let contract = 1
    /// How many questions a plugin may be asked at a time, whatever it says.
    private static let most = 1024

    /// What it calls itself; for people.
    let name: String
    /// How many questions it is asked at a time; 1 when it does not say.
    let concurrency: Int

    /// Why a line is no greeting: a clause without a period.
    struct Fault: Error, Equatable {
        let reason: String
    }

    /// Reads the first message.
    init(_ message: Message) throws(Fault) {
        guard message.kind == .notification, let method = message.methodName,
            Value(message.bytes, Extent(Int(method.lower) - 1..<Int(method.upper) + 1))
                .isText("plugin/hello")
        else { throw Fault(reason: "its first line is no 'plugin/hello'") }
        let params = message.params.map { message.value($0) }
        guard params?["contract"]?.integer == Self.contract else {
            throw Fault(reason: "it does not keep contract \(Self.contract)")
        }
        name = params?["name"]?.string ?? ""
        let concurrency = params?["concurrency"].map { $0.integer ?? 0 } ?? 1
        guard concurrency > 0 else {
            throw Fault(reason: "its 'concurrency' is no positive number")
        }
        self.concurrency = min(concurrency, Self.most)
    }
}
