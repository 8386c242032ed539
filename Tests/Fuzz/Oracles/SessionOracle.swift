import Aggregator
import TestSupport
import Wire

/// What must hold of a session in front of two upstreams, whatever lines it is fed.
///
/// A request gets exactly one answer, under its exact id; anything that is broken gets one error;
/// nothing else is answered; and a ping always is.
package final class SessionOracle {
    private var world: World?
    private var client: Client?
    private var count = 0

    /// After so many lines a new world begins, because a session keeps what it is told to.
    private static let life = 500

    /// An oracle with a world of its own.
    package init() {}

    /// Feeds one line.
    package func check(_ input: [UInt8]) throws(Broken) {
        let line = input.filter { $0 != 0x0A }
        guard !line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) else { return }
        let client = current()
        client.tell(bytes: line + [0x0A])
        let lines = hear(client)
        try judge(line, lines)
        count += 1
        client.tell(#"{"jsonrpc":"2.0","id":"ping \#(count)","method":"ping"}"#)
        let pong = #"{"jsonrpc":"2.0","id":"ping \#(count)","result":{}}"#
        if hear(client).filter({ $0 == pong }).count != 1 {
            throw Broken("no answer to a ping", line)
        }
    }

    /// Ends its world, whose tasks would keep it alive.
    package func end() {
        world?.stop()
        world = nil
        client = nil
    }

    private func current() -> Client {
        if let client, count % Self.life != 0 { return client }
        end()
        let one = ScriptedServer("one")
        one.prompts = [#"{"name":"p"}"#]
        one.resources = [#"{"uri":"file:///a"}"#]
        one.templates = [#"{"uriTemplate":"t:///{x}"}"#]
        let world = World([one, ScriptedServer("two")])
        let client = world.client()
        client.open(
            #"{"roots":{},"sampling":{}}"#, revision: count % 2 == 0 ? "2025-11-25" : "2025-03-26")
        self.world = world
        self.client = client
        count += 1
        return client
    }

    private func hear(_ client: Client) -> [String] {
        world?.run()
        // Upstreams that a new handshake starts have no time to pass before they answer.
        return client.take()
    }

    private func judge(_ line: [UInt8], _ lines: [String]) throws(Broken) {
        let answers = lines.filter { $0.json("method") == nil }
        for answer in answers where (try? Frame(scanning: Array(answer.utf8))) == nil {
            // Only errors may carry a null id.
            if answer.json("id") != "null" {
                throw Broken("an answer that is none: \(answer)", line)
            }
        }
        let expected = Self.expected(line)
        guard expected.count < 0 ? answers.count <= 1 : answers.count == expected.count else {
            throw Broken("\(answers.count) answers instead of \(expected.count): \(answers)", line)
        }
        guard let id = expected.id, let answer = answers.first, answer.first == "{" else { return }
        if answer.json("id") != id { throw Broken("an answer under another id: \(answer)", line) }
    }

    /// How many answers a line must get, and under which id if that is certain.
    private static func expected(_ line: [UInt8]) -> (count: Int, id: String?) {
        do throws(Rejection) {
            switch try Frame(scanning: line.last == 0x0D ? line.dropLast() : line) {
            case .message(let message):
                guard message.kind == .request else { return (0, nil) }
                return (1, message.id.map { String(decoding: message[$0], as: UTF8.self) })
            case .batch(let batch):
                let asks = batch.contains { element in
                    switch element {
                    case .success(let message): message.kind == .request
                    case .failure(let rejection): !rejection.isResponse
                    }
                }
                // Of another revision it is refused, even if it asks for nothing.
                return (asks ? 1 : -1, nil)
            }
        } catch {
            return (error.isResponse ? 0 : 1, nil)
        }
    }
}
