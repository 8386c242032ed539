import Plugins
import Synchronization
import TestSupport
import Testing
import Wire

@testable import Aggregator

/// A plugin that says whether it lives.
private struct Living: Plugin {
    let name = "living"
    let kind = "living"
    let scope = Scope()
    let counters = PluginCounters()
    let lives = Latched()
    /// Opened when nobody asks it anything any more; nil where nobody does.
    var answered: Latch?

    final class Latched: Sendable {
        private let count = Mutex((starts: 0, ends: 0))
        var starts: Int { count.withLock { $0.starts } }
        var ends: Int { count.withLock { $0.ends } }
        func start() { count.withLock { $0.starts += 1 } }
        func end() { count.withLock { $0.ends += 1 } }
    }

    func run() async {
        lives.start()
        let never = Signal()
        await never.wait(after: 0)
        lives.end()
    }

    func finish() async { await answered?.wait() }
}

@Suite(.timeLimit(.minutes(10))) struct LivesTests {
    @Test(
        "a plugin lives while it is in force, and for the calls that are still with it a while more"
    )
    func lives() {
        let loop = Loop()
        let time = ManualTime()
        let nursery = Nursery()
        let running = loop.start { await nursery.run() }
        let lives = PluginLives()
        let (stays, goes) = (Living(), Living())
        lives.start([stays, goes], in: nursery, time)
        loop.run()
        #expect(stays.lives.starts == 1 && goes.lives.starts == 1)
        lives.start([stays], in: nursery, time)
        loop.run()
        #expect(goes.lives.ends == 0)
        time.set(time.now.advanced(by: .seconds(10)))
        loop.run()
        #expect(goes.lives.ends == 1)
        #expect(stays.lives.starts == 1 && stays.lives.ends == 0)
        running.cancel()
        loop.run()
        #expect(stays.lives.ends == 1)
    }

    @Test("a plugin that is out of force lives until what it is asked is answered")
    func asked() {
        let loop = Loop()
        let time = ManualTime()
        let nursery = Nursery()
        let running = loop.start { await nursery.run() }
        let lives = PluginLives()
        let answered = Latch()
        let plugin = Living(answered: answered)
        lives.start([plugin], in: nursery, time)
        loop.run()
        lives.start([], in: nursery, time)
        loop.run()
        time.set(time.now.advanced(by: .seconds(30)))
        loop.run()
        #expect(plugin.lives.ends == 0)
        answered.open()
        loop.run()
        #expect(plugin.lives.ends == 1)
        running.cancel()
        loop.run()
    }
}
