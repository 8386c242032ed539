import Aggregator
import TestSupport
import Testing
import Wire

/// What is left of clients that are gone is kept for a while, and never more than a little of it.
@Suite struct LonelyLinkTests {
    private func running(_ server: ScriptedServer) -> [Int] {
        server.connections.filter { !$0.hasEnded }.map(\.number)
    }

    @Test("of the servers that nobody holds, those are ended that were left first")
    func left() {
        let server = ScriptedServer("one")
        let world = World([server])
        for number in 0..<20 {
            let client = world.client()
            client.open(#"{"experimental":{"n":\#(number)}}"#)
            client.end()
        }
        #expect(running(server) == Array(12..<20))
        // Whoever comes back finds what is left.
        let client = world.client()
        client.open(#"{"experimental":{"n":15}}"#)
        #expect(server.connections.count == 20)
        for number in 20..<30 {
            let client = world.client()
            client.open(#"{"experimental":{"n":\#(number)}}"#)
            client.end()
        }
        #expect(running(server) == [15] + Array(22..<30))
        world.stop()
    }

    @Test("of those who come without a session, so many are known at a time")
    func visitors() {
        let server = ScriptedServer("one")
        let world = World([server])
        for number in 0..<300 {
            let post = Post(
                world,
                #"{"jsonrpc":"2.0","id":1,"method":"server/discover","params":{"_meta":{"#
                    + #""io.modelcontextprotocol/protocolVersion":"2026-07-28","#
                    + #""io.modelcontextprotocol/clientCapabilities":{}}}}"#,
                principal: Principal(name: "\(number)"))
            #expect(post.take().count == 1)
            world.advance(by: .milliseconds(10))
        }
        #expect(running(server) == Array(300 - 256 - 8..<300))
        world.stop()
    }
}
