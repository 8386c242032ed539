import Aggregator
import Machine
import Upstreams

/// A process that is one relay between its standard streams and a URL.
struct RelayProcess: Sendable {
    /// SIGINT and SIGTERM.
    private static let endings: Set<Int32> = [2, 15]

    let loop: EventLoop

    /// Runs until the client is gone or a signal says so; `beside` is done meanwhile, and what it
    /// throws ends the process.
    func run(
        beside: @escaping @Sendable () async throws(DropInFailure) -> Void = {},
        _ make: (_ input: Input, _ output: Output) -> Relay
    ) async throws(DropInFailure) -> Int32 {
        let relay: Relay
        do throws(MachineFailure) {
            let streams = try StandardStreams.take(on: loop)
            relay = make(streams.input, streams.output)
        } catch {
            throw .failure(error.message)
        }
        let failure = await withTaskGroup(of: Ending.self) { group in
            group.addImmediateTask {
                await relay.run()
                return .over
            }
            group.addImmediateTask { await obeySignals(relay) }
            group.addImmediateTask {
                do throws(DropInFailure) {
                    try await beside()
                    return .beside
                } catch {
                    return .failed(error)
                }
            }
            for await ending in group {
                switch ending {
                case .beside: continue
                case .over:
                    group.cancelAll()
                    return nil as DropInFailure?
                case .failed(let failure):
                    relay.stop()
                    group.cancelAll()
                    return failure
                }
            }
            return nil
        }
        if let failure { throw failure }
        return ExitCode.success
    }

    private enum Ending: Sendable {
        case over, beside
        case failed(DropInFailure)
    }

    private func obeySignals(_ relay: Relay) async -> Ending {
        let signals = loop.signals(Self.endings)
        while await signals.next() != nil { relay.stop() }
        return .beside
    }
}
