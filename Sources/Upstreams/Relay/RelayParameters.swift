import Aggregator
import Synchronization
import Wire

/// What the lists that pass say of tools whose arguments are repeated in headers (MCP 2026-07-28,
/// "Custom headers").
final class RelayParameters: Sendable {
    /// More tools than this are not remembered.
    private static let most = 10_000

    private let known = Mutex<[String: HeaderParameters]>([:])

    /// Notes what an answer to `tools/list` says; hardly any tool marks arguments.
    func learn(from answer: Parcel) {
        guard let message = answer.message, let extent = message.result,
            let tools = message.value(extent)["tools"], tools.kind == .array
        else { return }
        for tool in tools.elements where tool.kind == .object {
            guard let name = tool["name"]?.string else { continue }
            let marked = try? HeaderParameters(tool: tool.copy())
            known.withLock { known in
                guard marked == nil || known.count < Self.most || known[name] != nil else { return }
                known[name] = marked
            }
        }
    }

    /// The headers of a call, whole; none for other messages.
    func headers(for message: Message) -> [(name: String, value: String)] {
        guard message.method == .toolsCall, let extent = message.name,
            let name = message.value(extent).string, let marked = known.withLock({ $0[name] })
        else { return [] }
        let arguments = message.arguments.map { message.value($0) }
        return marked.headers(for: arguments).map { header in
            ("Mcp-Param-\(header.name)", String(decoding: header.value, as: UTF8.self))
        }
    }
}
