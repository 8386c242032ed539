import Wire

/// How many bytes per second `Message(scanning:)` reads; a line per message: name, size, GB/s.
@main
enum ScannerBenchmark {
    static func main() {
        measure("small call", call)
        measure("small answer", answer)
        measure("large list", list)
        measure("large base64", base64)
    }

    /// Prints the best of several rounds: the least disturbed one.
    private static func measure(_ name: String, _ text: String) {
        let bytes = Array(text.utf8)
        let count = max(1, 100_000_000 / bytes.count)
        var best = Duration.seconds(1000)
        for _ in 0..<7 {
            let start = ContinuousClock.now
            for _ in 0..<count { scan(bytes) }
            best = min(best, .now - start)
        }
        let seconds = best / .seconds(1)
        let rate = Double(bytes.count * count) / seconds / 1e9
        print("\(name) \(bytes.count) \(rate)")
    }

    @inline(never)
    private static func scan(_ bytes: [UInt8]) {
        guard let message = try? Message(scanning: bytes), message.id != nil else {
            preconditionFailure("The benchmark's own message is none.")
        }
    }

    private static let call =
        #"{"jsonrpc":"2.0","id":4711,"method":"tools/call","params":{"name":"notes__search","#
        + #""arguments":{"query":"the quick brown fox","limit":20},"#
        + #""_meta":{"progressToken":"p-4711"}}}"#

    private static let answer =
        #"{"jsonrpc":"2.0","id":4711,"result":{"content":[{"type":"text","text":"done and done"}],"#
        + #""isError":false}}"#

    private static var list: String {
        let tool =
            #"{"name":"search","description":"Searches the notes of a user and returns the best ones.","#
            + #""inputSchema":{"type":"object","properties":{"query":{"type":"string"},"#
            + #""limit":{"type":"integer","minimum":1,"maximum":100}},"required":["query"]}}"#
        let tools = Array(repeating: tool, count: 5600).joined(separator: ",")
        return #"{"jsonrpc":"2.0","id":1,"result":{"tools":[\#(tools)]}}"#
    }

    private static var base64: String {
        let data = String(repeating: "iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB", count: 98_304)
        return
            #"{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"image","data":"\#(data)"}]}}"#
    }
}
