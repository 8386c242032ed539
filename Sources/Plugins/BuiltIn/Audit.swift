package import Aggregator
import Machine
import Wire

/// Writes one line of JSON about every call: who, what, where, how long, and what came of it.
package final class Audit: Plugin {
    package let name: String
    package let kind = "audit"
    package let scope: Scope
    package let counters = PluginCounters()
    private let settings: AuditSettings
    private let tools: PluginTools
    private let file: AppendFile?

    /// A plugin that writes where these settings say.
    package init(_ settings: AuditSettings, _ tools: PluginTools) {
        name = settings.common.name ?? kind
        scope = settings.common.scope(
            [.request, .response],
            methods: Scope.calls.union([.other, .resourcesSubscribe, .resourcesUnsubscribe]))
        self.settings = settings
        self.tools = tools
        file = settings.file.map {
            AppendFile($0.value, limit: settings.maxSize, kept: settings.keep)
        }
    }

    package func handle(_ call: Call, next: Next) async throws(Failure) -> Answer {
        var line = AuditLine(call, settings)
        let start = tools.time.now
        do throws(Failure) {
            let answer = try await next(call)
            line.note(answer, settings)
            try await write(line, start, call)
            return answer
        } catch {
            guard error.rule != name else { throw error }
            line.note(error)
            try await write(line, start, call)
            throw error
        }
    }

    package var hearsMisses: Bool { true }

    /// What the client is told is decided already, so a line that cannot be written keeps nothing back.
    package func missed(_ miss: Miss) async {
        try? await write(AuditLine(miss, settings), miss.since, miss.call)
    }

    package func trial() async -> PluginTrouble? {
        guard let path = settings.file?.value else { return nil }
        return await tools.offLoop.run {
            PluginTrouble(
                Result { () throws(MachineFailure) in try File.tryAppending(to: path) })
        }
    }

    /// What cannot be written down is said in the log, or ends the call where everything has to be.
    private func write(
        _ line: AuditLine, _ start: ContinuousClock.Instant, _ call: Call
    ) async throws(Failure) {
        let took = start.duration(to: tools.time.now)
        do throws(MachineFailure) {
            try await put(line.written(WallClock.now, took))
        } catch {
            counters.errors.add(1)
            tools.log(.error, "Plugin \(title): \(error.message)")
            guard settings.isRequired else { return }
            throw Failure(
                .refused,
                "Plugin \(title) could not write down \(call.subject), and its answer is kept back: "
                    + error.message, upstream: call.target?.upstream, executed: .unknown, rule: name
            )
        }
    }

    private func put(_ line: [UInt8]) async throws(MachineFailure) {
        guard let file else {
            let failure = await tools.offLoop.run { DirectOutput.write(line, to: 2) }
            if let failure { throw failure }
            return
        }
        // As quick as a log line, unless the disk is waited for.
        guard settings.sync else { return try file.write(line, isDurable: false) }
        try await tools.offLoop.run { () throws(MachineFailure) in
            try file.write(line, isDurable: true)
        }
    }
}
