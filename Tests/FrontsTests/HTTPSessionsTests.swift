import Aggregator
import TestSupport
import Testing
import Wire

@testable import Fronts

@Suite struct HTTPSessionsTests {
    private static func envelope(_ principal: Principal = .local) -> Envelope {
        Envelope(
            revision: .june2025, capabilities: .none, clientName: "test", principal: principal)
    }

    private static func key(_ token: String) -> [UInt8] { Array(token.utf8) }

    @Test("a session is found by its token, and by nobody else's principal")
    func found() {
        let world = World([ScriptedServer("one")])
        let sessions = HTTPSessions(world.hub)
        let (session, token) = sessions.open(Self.envelope())
        #expect(sessions.find(Self.key(token), of: .local) === session)
        #expect(sessions.find(Self.key(token), of: Principal(name: "bearer")) == nil)
        #expect(sessions.find(Self.key(token + "x"), of: .local) == nil)
        #expect(sessions.count == 1)
        world.stop()
    }

    @Test("a session that is over is not known any more, and not restored")
    func ended() {
        let world = World([ScriptedServer("one")])
        let sessions = HTTPSessions(world.hub)
        let (_, token) = sessions.open(Self.envelope())
        sessions.end(Self.key(token))
        #expect(sessions.find(Self.key(token), of: .local) == nil)
        #expect(sessions.count == 0)
        world.stop()
    }

    @Test("a session whose client is silent for too long is over; one that is used is not")
    func idle() {
        let world = World([ScriptedServer("one")]) { $0.limits.sessionIdle = .seconds(10) }
        let sessions = HTTPSessions(world.hub)
        let (_, silent) = sessions.open(Self.envelope())
        let (used, token) = sessions.open(Self.envelope())
        let (waiting, open) = sessions.open(Self.envelope())
        waiting.entered()
        world.advance(by: .seconds(6))
        used.entered()
        used.left()
        world.advance(by: .seconds(6))
        sessions.sweep(world.time.now, silentSince: world.time.now)
        #expect(sessions.find(Self.key(silent), of: .local) == nil)
        #expect(sessions.find(Self.key(token), of: .local) === used)
        #expect(sessions.find(Self.key(open), of: .local) === waiting)
        world.stop()
    }

    @Test("another process that has the key restores a session as it was opened")
    func restored() throws {
        let world = World([ScriptedServer("one")])
        let (_, token) = HTTPSessions(world.hub).open(Self.envelope())
        let elsewhere = HTTPSessions(world.hub)
        let session = try #require(elsewhere.find(Self.key(token), of: .local))
        #expect(session.session.envelope.revision == .june2025)
        #expect(session.session.envelope.clientName == "test")
        #expect(elsewhere.find(Self.key(token), of: .local) === session)
        world.stop()
    }

    @Test("over the cap, the one that was silent for longest makes room, and can come back")
    func cap() throws {
        let world = World([ScriptedServer("one")]) { $0.limits.sessions = 2 }
        let sessions = HTTPSessions(world.hub)
        let (first, token) = sessions.open(Self.envelope())
        // Only an opened session says what it was opened with.
        first.session.restore(Self.envelope())
        world.advance(by: .seconds(1))
        let (second, other) = sessions.open(Self.envelope())
        world.advance(by: .seconds(1))
        _ = sessions.open(Self.envelope())
        #expect(sessions.count == 2)
        #expect(sessions.find(Self.key(other), of: .local) === second)
        let back = try #require(sessions.find(Self.key(token), of: .local))
        #expect(back !== first)
        #expect(world.log.all.contains("info: A session was restored from its token."))
        world.stop()
    }
}
