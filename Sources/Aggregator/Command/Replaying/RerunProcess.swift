import Aggregator
import Machine
import Upstreams
import Wire

/// Connects to the server that a recording is compared with, runs the comparison, disconnects.
struct RerunProcess: Sendable {
    let assembly: Assembly
    /// The server, as an entry of a configuration.
    let configuration: Configuration
    let exchanges: [RecordedExchange]
    let ignored: [JSONPath]
    let isComplete: Bool
    let notices: Notices

    /// What a server at a URL is called where upstreams have names.
    static let serverName = "server"

    /// The server at a URL, spoken to in the way of the recording.
    static func server(at url: String) -> Configuration.Upstream {
        var settings = HTTPSettings()
        settings.url = Text(url)
        return Configuration.Upstream(name: serverName, kind: "http", settings: settings)
    }

    /// What was recorded decides in which way the server is opened, so that answers can be the same.
    static func era(of exchanges: [RecordedExchange]) -> Configuration.Era {
        let server = RecordedServer(exchanges)
        if server.latest(.initialize)?.kind == .result { return .legacy }
        return server.latest(.discover)?.kind == .result ? .modern : .auto
    }

    /// Runs it; what it throws is why the server cannot be used.
    func run() async -> Result<RerunReport, RerunTrouble> {
        let owner = RerunOwner()
        guard let settings = configuration.upstreams.first,
            let endpoint = assembly.endpoints(configuration)[settings.name]
        else {
            return .failure(
                RerunTrouble(
                    failure: Failure(.unavailable, "There is no server to compare with.")))
        }
        let envelope = Envelope(
            revision: .newestLegacy, capabilities: .none, clientName: "manifold replay",
            principal: .local)
        let link = Link(
            settings: settings, endpoint: endpoint, envelope: envelope,
            services: assembly.services(configuration), owner: owner)
        let rerun = Rerun(
            link: link, exchanges: exchanges, ignored: ignored, isComplete: isComplete)
        return await withTaskGroup(
            of: Result<RerunReport, RerunTrouble>?.self,
            returning: Result<RerunReport, RerunTrouble>.self
        ) { group in
            group.addImmediateTask {
                await owner.nursery.run()
                return nil
            }
            group.addImmediateTask {
                await link.run()
                return nil
            }
            group.addImmediateTask {
                await sweep(link)
                return nil
            }
            group.addImmediateTask { await interruption() }
            group.addImmediateTask { await result(of: rerun, endpoint) }
            var outcome = Result<RerunReport, RerunTrouble>.failure(
                RerunTrouble(failure: Failure(.stopping, "The replay was stopped.")))
            for await case let ending? in group {
                outcome = ending
                break
            }
            link.stop()
            group.cancelAll()
            return outcome
        }
    }

    private func result(
        of rerun: Rerun, _ endpoint: any Endpoint
    ) async -> Result<RerunReport, RerunTrouble> {
        do throws(Failure) {
            let report = try await rerun.run { number, count in
                notices.show("Request \(number) of \(count) …", matters: false)
            }
            notices.clear()
            return .success(report)
        } catch {
            // Nobody waits for a next try, of which calls are told.
            let failure = error.code == .unavailable ? rerun.link.lastFailure ?? error : error
            return .failure(
                RerunTrouble(failure: failure, trail: Array(endpoint.trail.suffix(5))))
        }
    }

    private func interruption() async -> Result<RerunReport, RerunTrouble>? {
        guard await assembly.loop.signals([1, 2, 15]).next() != nil else { return nil }
        return .failure(RerunTrouble(failure: Failure(.stopping, "Interrupted.")))
    }

    /// Fails calls that are late.
    private func sweep(_ link: Link) async {
        while !Task.isCancelled {
            await assembly.loop.sleep(for: .milliseconds(500))
            link.sweep(now: assembly.loop.now)
        }
    }
}

/// The owner of the one link: nobody is told anything.
private final class RerunOwner: LinkOwner {
    let nursery = Nursery()

    func linkChanged(_ link: Link) {}
    func link(_ link: Link, listed listing: Listing) {}
    func isKnownLegacy(_ fingerprint: String) -> Bool { false }
    func found(_ fingerprint: String, isLegacy: Bool) {}
    func heard(_ message: Message, by link: Link, for caller: Caller?) async -> Message? { nil }
    func relayed(
        _ request: Message, by link: Link, for caller: Caller?
    ) async throws(Failure) -> Message { request }
    func start(_ work: @escaping @Sendable () async -> Void) { nursery.start(work) }
}
