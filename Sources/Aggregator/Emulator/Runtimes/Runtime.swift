import Aggregator
import Machine
import Synchronization
import Wire

/// One runtime and its sessions.
final class Runtime: Sendable {
    /// What tells sessions apart: the endpoint, and what the client calls it.
    struct Key: Hashable {
        let qualifier: String
        let session: String
    }

    private struct State {
        var machines: [Key: MicroVM] = [:]
        /// How many were ever started.
        var started = 0
        var requests = 0
    }

    let settings: RuntimeSettings
    let arn: String
    private let host: ProgramHost
    private let faults: Faults
    private let nursery: Nursery
    private let state = Mutex(State())

    init(_ settings: RuntimeSettings, on host: ProgramHost, _ faults: Faults, _ nursery: Nursery) {
        self.settings = settings
        self.host = host
        self.faults = faults
        self.nursery = nursery
        arn = host.settings.arn(of: settings)
    }

    /// Whether there is an endpoint of this name.
    func has(qualifier: String) -> Bool {
        qualifier == "DEFAULT" || settings.qualifiers.contains(qualifier)
    }

    /// The machine of a session, started if there is none; a session that was ended starts afresh.
    ///
    /// Throws when there are too many, and when calls are not to wait for a start.
    func machine(_ key: Key) throws(EdgeFailure) -> MicroVM {
        let found = state.withLock { state -> (MicroVM?, isNew: Bool) in
            state.requests += 1
            if let known = state.machines[key] { return (known, false) }
            guard state.machines.count < settings.sessions else { return (nil, false) }
            let machine = MicroVM(
                settings, session: key.session, qualifier: key.qualifier, on: host)
            state.machines[key] = machine
            state.started += 1
            return (machine, true)
        }
        guard let machine = found.0 else {
            throw EdgeFailure(
                .quota, "The runtime has \(settings.sessions.counted("active session")), its limit."
            )
        }
        if found.isNew {
            begin(machine, key)
        } else if settings.overlap == .conflict, machine.isStarting {
            throw .inProgress
        }
        return machine
    }

    private func begin(_ machine: MicroVM, _ key: Key) {
        let delay = faults.take([.slowStart], for: settings.name)?.delay ?? .zero
        host.log(.info, "[\(settings.name)] A session starts.")
        nursery.start {
            // The table forgets it before its process is gone: the next call starts afresh.
            await withDiscardingTaskGroup { group in
                group.addImmediateTask { await machine.live(startingAfter: delay) }
                await machine.ended()
                self.forget(machine, key)
            }
        }
    }

    private func forget(_ machine: MicroVM, _ key: Key) {
        state.withLock { state in
            if state.machines[key] === machine { state.machines[key] = nil }
        }
    }

    /// Ends a session; false when there is none.
    func stop(_ key: Key) -> Bool {
        guard let machine = state.withLock({ $0.machines.removeValue(forKey: key) }) else {
            return false
        }
        machine.stop()
        return true
    }

    /// Takes away all machines without a word to anybody, as a failing host does.
    func killAll() {
        let machines = state.withLock { state in
            defer { state.machines = [:] }
            return Array(state.machines.values)
        }
        for machine in machines { machine.stop(abruptly: true) }
    }

    /// What it is and has, for those who run the emulator.
    func write(to writer: inout JSONWriter) {
        let (machines, started, requests) = state.withLock {
            (Array($0.machines.values), $0.started, $0.requests)
        }
        writer.beginObject()
        writer.key("arn")
        writer.string(arn)
        writer.key("requests")
        writer.integer(requests)
        writer.key("started")
        writer.integer(started)
        writer.key("sessions")
        writer.beginArray()
        for machine in machines { machine.write(to: &writer) }
        writer.endArray()
        writer.endObject()
    }
}

extension MicroVM {
    /// Suspends until it is over, or never came to be.
    func ended() async {
        while !Task.isCancelled {
            let version = changed.version
            switch state.withLock({ $0.phase }) {
            case .failed, .over: return
            case .starting, .running: await changed.wait(after: version)
            }
        }
    }

    /// What it is, for those who run the emulator.
    func write(to writer: inout JSONWriter) {
        let (phase, process, requests, isHealthy) = state.withLock {
            ($0.phase, $0.process, $0.requests, $0.isHealthy)
        }
        writer.beginObject()
        writer.key("session")
        writer.string(session)
        writer.key("qualifier")
        writer.string(qualifier)
        writer.key("phase")
        switch phase {
        case .starting: writer.string("starting")
        case .running: writer.string(isHealthy ? "running" : "unhealthy")
        case .failed: writer.string("failed")
        case .over: writer.string("over")
        }
        writer.key("requests")
        writer.integer(requests)
        if let process {
            writer.key("process")
            writer.integer(process)
        }
        writer.endObject()
    }
}
