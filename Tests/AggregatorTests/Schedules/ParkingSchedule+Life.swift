import Aggregator
import TestSupport

extension ParkingSchedule {
    /// Lives for a number of steps, then comes to an end; returns what was broken.
    func run(steps: Int) -> [String] {
        for _ in 0..<steps {
            step()
            switch random.index(6) {
            // What comes together with the end of a wait, and before it, happens in one turn.
            case 0: if let next = world.time.earliest, isSoon(next) { world.time.set(next) }
            case 1: continue
            default: break
            }
            world.run()
            hear()
        }
        finish()
        return violations
    }

    private func isSoon(_ moment: ContinuousClock.Instant) -> Bool {
        moment <= world.time.now.advanced(by: .seconds(1))
    }

    private func step() {
        let server = servers[random.index(servers.count)]
        switch random.index(20) {
        case 0..<5: call()
        case 5..<8: if let number = random.pick(asked) { comeBack(number, wholly: false) }
        case 8..<12: ask(server)
        case 12..<14: answer(server)
        case 14: if let number = random.pick(waiting) { cancel(number) }
        case 15: drop()
        case 16: withdraw()
        case 17: if random.once(in: 6) { server.connection?.die() }
        default: advance(.milliseconds(random.index(random.once(in: 8) ? 45_000 : 60)))
        }
    }

    private var asked: [Int] {
        works.indices.filter { if case .asked = works[$0].state { true } else { false } }
    }

    private var waiting: [Int] { works.indices.filter { works[$0].state == .waiting } }

    private func answer(_ server: ScriptedServer) {
        let open = finishable(server).filter { !works[number($0)].lingers }
        if let request = random.pick(open) { server.connection?.oblige(request) }
    }

    /// The client is asked, and gives up without saying so to anybody: or says it under an id that has
    /// been answered.
    private func drop() {
        guard let number = random.pick(asked) else { return }
        if random.once(in: 2) { cancel(number) } else { works[number].state = .dropped }
    }

    private func advance(_ duration: Duration) {
        world.advance(by: duration)
        hear()
    }

    // MARK: The end

    /// The client comes back to everything, and the servers finish what waits for nothing.
    private func finish() {
        settle(within: 20) { [unowned self] in !works[$0].lingers }
        for (number, work) in works.enumerated()
        where !work.lingers && [.waiting].contains(work.state) {
            broken("\(number) was not finished: \(work)")
        }
        settle(within: 20) { _ in true }
        for (number, work) in works.enumerated() where work.state == .waiting {
            broken("\(number) was not finished in the end: \(work)")
        }
        check()
        // Longer than anything is kept.
        world.advance(by: .seconds(700))
        if world.hub.parked > 0 { broken("\(world.hub.parked) calls still wait") }
        if !client.session.isIdle { broken("tables of the session are not empty") }
        world.stop()
        if world.time.waiting > 0 { broken("\(world.time.waiting) tasks wait for a moment") }
        if !client.hasEnded { broken("the session has tasks left") }
    }

    private func settle(within rounds: Int, _ mayFinish: (Int) -> Bool) {
        for _ in 0..<rounds {
            world.run()
            hear()
            for number in asked { comeBack(number, wholly: true) }
            for server in servers {
                for request in finishable(server) where mayFinish(number(request)) {
                    server.connection?.oblige(request)
                }
            }
            advance(.seconds(8))
        }
    }

    private func check() {
        for server in servers {
            for (arguments, count) in server.executed where count > 1 {
                broken("'\(server.name)' carried \(arguments) out \(count) times")
            }
            for complaint in server.complaints { broken("'\(server.name)': \(complaint)") }
        }
    }
}
