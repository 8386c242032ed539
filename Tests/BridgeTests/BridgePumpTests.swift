import TestSupport
import Testing
import Wire

@testable import Upstreams

@Suite struct BridgePumpTests {
    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
    private static func message(_ text: String) throws -> Message {
        try Message(scanning: bytes(text))
    }

    private static func request(_ id: Int, _ method: String = "tools/call") -> [UInt8] {
        bytes(#"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":{"name":"\#(id)"}}"#)
    }

    private static func admits(_ pump: inout BridgePump, _ message: Message) throws -> Bool {
        pump.admits(message)
    }

    private static func text(_ post: BridgePump.Post?) -> String {
        post.map { String(decoding: $0.bytes, as: UTF8.self) } ?? ""
    }

    /// Everything that is under way in one run against the desynchronising bridge.
    private struct Run {
        var pump = BridgePump()
        var bridge: OldBridge
        var random: SplitMix
        var answers: [String: String] = [:]
        var asides = 0
        var questions: [String] = []
        var strays = 0

        init(_ child: OldBridge.Child, seed: UInt64) {
            bridge = OldBridge(child, seed: seed)
            random = SplitMix(seed &* 31)
        }

        /// One thing happens, drawn at random among those that can.
        mutating func step() {
            switch random.index(4) {
            case 0: bridge.step()
            case 1: post()
            case 2: receive()
            default:
                guard !questions.isEmpty else { return }
                let id = questions.remove(at: random.index(questions.count))
                pump.take(bytes(#"{"jsonrpc":"2.0","id":\#(id),"result":{}}"#))
            }
        }

        mutating func post() {
            guard let post = pump.next() else { return }
            if !bridge.post(post.bytes) { pump.finished() }
        }

        mutating func receive() {
            guard let message = bridge.answer() else { return }
            let isForUs = pump.admits(message)
            pump.finished()
            guard isForUs else { return }
            let id = message.id.map { String(decoding: message[$0], as: UTF8.self) } ?? ""
            switch message.kind {
            case .result:
                let tag = message.result.flatMap { message.value($0)["tag"]?.string }
                answers[id] = tag
            case .notification: asides += 1
            case .request: questions.append(id)
            case .error: strays += 1
            }
        }

        var isOver: Bool {
            bridge.isIdle && pump.outstanding.isEmpty && questions.isEmpty && !bridge.isWaiting
        }
    }

    @Test(
        "a hundred calls get their own answers from a bridge that mixes asides and questions in",
        arguments: OldBridge.Child.allCases, [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func desynchronised(child: OldBridge.Child, seed: UInt64) {
        var run = Run(child, seed: seed)
        var sent = 0
        var steps = 0
        while sent < 100 || !run.isOver {
            if sent < 100, run.random.once(in: 8) {
                sent += 1
                run.pump.take(Self.request(sent))
            }
            run.step()
            steps += 1
            guard steps < 1_000_000 else {
                Issue.record("It never ends: \(run.answers.count) answers of \(sent).")
                return
            }
        }
        #expect(run.answers.count == 100)
        for (id, tag) in run.answers { #expect(id == tag) }
        #expect(run.strays == 0)
        // Nothing stands before the next answer but what the child says unasked.
        if child == .silent { #expect(run.bridge.output.isEmpty) }
    }

    @Test("one post is under way at a time, and none while the child waits for a reply")
    func serial() throws {
        var pump = BridgePump()
        pump.take(Self.request(1))
        pump.take(Self.request(2))
        #expect(pump.next()?.purpose == .request(Self.bytes("1")))
        #expect(pump.next() == nil)
        #expect(
            try Self.admits(&pump, Self.message(#"{"jsonrpc":"2.0","id":7,"method":"roots/list"}"#))
                == true)
        pump.finished()
        #expect(pump.next()?.purpose == .request(Self.bytes("2")))
        pump.finished()
        #expect(pump.next() == nil)
        pump.take(Self.bytes(#"{"jsonrpc":"2.0","id":7,"result":{}}"#))
        #expect(pump.next()?.purpose == .reply(Self.bytes("7")))
    }

    @Test("a reply overtakes what waits")
    func overtaking() {
        var pump = BridgePump()
        pump.take(Self.request(1))
        pump.take(Self.bytes(#"{"jsonrpc":"2.0","id":7,"result":{}}"#))
        #expect(pump.next()?.purpose == .reply(Self.bytes("7")))
        pump.finished()
        // What was overtaken has not left.
        #expect(pump.sent == 0)
        #expect(pump.next()?.purpose == .request(Self.bytes("1")))
        #expect(pump.sent == pump.accepted)
    }

    @Test("a line is fetched only while one is certain to come")
    func fetching() throws {
        var pump = BridgePump()
        #expect(pump.next() == nil)
        pump.take(Self.request(1))
        _ = pump.next()
        let aside = try Self.message(#"{"jsonrpc":"2.0","method":"notifications/message"}"#)
        #expect(try Self.admits(&pump, aside) == true)
        pump.finished()
        let fetch = pump.next()
        #expect(fetch?.purpose == .fetch)
        #expect(Self.text(fetch).contains(#""id":"manifold/fetch-1","result""#))
        #expect(
            try Self.admits(&pump, Self.message(#"{"jsonrpc":"2.0","id":1,"result":{}}"#)) == true)
        pump.finished()
        #expect(pump.next() == nil)
    }

    @Test("an answer to a request that was cancelled is not waited for")
    func cancelled() throws {
        var pump = BridgePump()
        pump.take(Self.request(1))
        _ = pump.next()
        #expect(try Self.admits(&pump, Self.message(#"{"jsonrpc":"2.0","method":"x"}"#)) == true)
        pump.take(
            Self.bytes(
                #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#))
        pump.finished()
        #expect(pump.next()?.purpose == .notification)
        pump.finished()
        #expect(pump.next() == nil)
    }

    @Test(
        "a child that minds replies to nobody is fetched from in another way, and its log not shown"
    )
    func complaint() throws {
        var pump = BridgePump()
        let log =
            #"{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"error","#
            + #""logger":"mcp.server.exception_handler","data":"x"}}"#
        pump.take(Self.request(1))
        _ = pump.next()
        #expect(try Self.admits(&pump, Self.message(log)) == true)
        pump.finished()
        _ = pump.next()
        #expect(try Self.admits(&pump, Self.message(log)) == false)
        pump.finished()
        #expect(Self.text(pump.next()).contains(#""id":false"#))
        // An error without an id may be about a post of ours.
        let error = #"{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"x"}}"#
        #expect(try Self.admits(&pump, Self.message(error)) == false)
    }

    @Test("a bridge that takes the offer is posted to without waiting")
    func duplex() throws {
        var pump = BridgePump()
        pump.take(
            Self.bytes(
                #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{"roots":{}}}}"#
            ))
        #expect(
            Self.text(pump.next()).contains(
                #"{"roots":{},"experimental":{"manifold/bridge":{}}}"#))
        #expect(!pump.isDuplex)
        let answer =
            #"{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-11-25","capabilities":"#
            + #"{"experimental":{"manifold/bridge":{}}}}}"#
        #expect(try Self.admits(&pump, Self.message(answer)) == true)
        pump.finished()
        #expect(pump.isDuplex)
        for id in 2...5 { pump.take(Self.request(id)) }
        for _ in 2...5 { #expect(pump.next() != nil) }
        #expect(pump.next() == nil)
    }

    @Test("the offer joins what a client offers already")
    func offering() {
        var pump = BridgePump()
        pump.take(
            Self.bytes(
                #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{"experimental":{"x":1}}}}"#
            ))
        #expect(Self.text(pump.next()).contains(#"{"x":1,"manifold/bridge":{}}"#))
    }

    @Test("a request that was refused is not waited for")
    func refused() throws {
        var pump = BridgePump()
        pump.take(Self.request(1))
        let next = pump.next()
        let post = try #require(next)
        pump.refused(post)
        #expect(pump.next() == nil)
        #expect(pump.outstanding.isEmpty)
    }
}

private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

@Suite struct BridgeSessionTests {
    @Test("an identity always has the same session, which other programs know too")
    func identity() {
        let name = BridgeSession.name(
            account: "123456789012", userId: "AIDACKCEVSQ6C2EXAMPLE",
            arn: "arn:aws:iam::123456789012:user/DevUser")
        #expect(name == "identity-49086247-6be1-099b-db7a-b9d8569acf0b")
    }

    @Test("a session of our own is nobody else's, and long enough for the service")
    func own() {
        let (one, other) = (BridgeSession.own(), BridgeSession.own())
        #expect(one.next == one.next)
        #expect(one.next != other.next)
        #expect(BridgeSession.perMessage.next != BridgeSession.perMessage.next)
        for name in [one.next, BridgeSession.perMessage.next] {
            #expect((33...100).contains(name.utf8.count))
        }
    }
}
