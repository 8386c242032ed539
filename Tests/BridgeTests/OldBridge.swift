import TestSupport
import Wire

@testable import Upstreams

/// mcp-agentcore-server 0.1.5 and a child behind it, in memory, as they were seen to behave: whatever
/// has an id is answered with the child's next line, whichever that is, and everything else waits.
struct OldBridge {
    /// What the child does about things that it did not ask for.
    enum Child: CaseIterable, Sendable {
        /// Passes over them.
        case silent
        /// Logs a reply that it did not ask for, as the Python SDK 1.x does.
        case complains
        /// Answers whatever it cannot read, which makes every post of ours one more line.
        case protests
    }

    /// A call as the child carries it out: so many asides, a question or none, then the answer.
    private struct Work {
        let id: String
        let tag: String
        var asides: Int
        var asks: Bool
        var isWaiting = false
    }

    let child: Child
    var random: SplitMix
    /// Lines that the child has written and nobody has fetched.
    private(set) var output: [String] = []
    private var work: [Work] = []
    /// Whether a post waits for a line, which holds the lock.
    private(set) var isWaiting = false
    private(set) var fetches = 0
    private var lastQuestion = 0
    private var asked: [String: String] = [:]

    init(_ child: Child, seed: UInt64) {
        self.child = child
        random = SplitMix(seed)
    }

    /// Whether the child has nothing left to do.
    var isIdle: Bool { work.isEmpty }

    /// A post; false if it is answered at once, with nothing.
    mutating func post(_ bytes: [UInt8]) -> Bool {
        precondition(!isWaiting, "A post while another one holds the lock.")
        guard let value = try? Value(validating: bytes) else { preconditionFailure("No JSON.") }
        isWaiting = value["id"].map { !$0.isNull } ?? false
        read(value)
        return isWaiting
    }

    private mutating func read(_ value: Value) {
        let id = value["id"].map { String(decoding: $0.raw, as: UTF8.self) } ?? ""
        switch value["method"]?.string {
        case "tools/call":
            let tag = value["params"]?["name"]?.string ?? ""
            work.append(
                Work(id: id, tag: tag, asides: random.index(4), asks: random.once(in: 3)))
        case nil: replied(id)
        case let method?:
            guard id == "false" else { return }
            fetches += 1
            precondition(method == "notifications/cancelled" && child != .silent)
            if child == .protests { output.append(Self.protest) }
        }
    }

    private mutating func replied(_ id: String) {
        if let index = work.firstIndex(where: { $0.isWaiting && asked[id] == $0.id }) {
            (work[index].isWaiting, work[index].asks) = (false, false)
            asked[id] = nil
            return
        }
        fetches += 1
        switch child {
        case .silent: break
        case .complains:
            output.append(
                #"{"method":"notifications/message","params":{"level":"error","#
                    + #""logger":"mcp.server.exception_handler","data":"x"},"jsonrpc":"2.0"}"#)
        case .protests: output.append(Self.protest)
        }
    }

    private static let protest =
        #"{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"What?"}}"#

    /// The child does one thing, if it can do any.
    mutating func step() {
        let able = work.indices.filter { !work[$0].isWaiting }
        guard let index = random.pick(Array(able)) else { return }
        if work[index].asides > 0 {
            work[index].asides -= 1
            output.append(
                #"{"jsonrpc":"2.0","method":"notifications/message","params":{"data":"\#(work[index].tag)"}}"#
            )
        } else if work[index].asks {
            lastQuestion += 1
            work[index].isWaiting = true
            asked["\(lastQuestion)"] = work[index].id
            output.append(
                #"{"jsonrpc":"2.0","id":\#(lastQuestion),"method":"sampling/createMessage","params":{}}"#
            )
        } else {
            let done = work.remove(at: index)
            output.append(#"{"jsonrpc":"2.0","id":\#(done.id),"result":{"tag":"\#(done.tag)"}}"#)
        }
    }

    /// The line that the post which waits is answered with; nil if there is none yet.
    mutating func answer() -> Message? {
        guard isWaiting, !output.isEmpty else { return nil }
        isWaiting = false
        return try? Message(scanning: Array(output.removeFirst().utf8))
    }
}
