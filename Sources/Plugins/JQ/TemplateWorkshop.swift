package import Aggregator
package import Machine
package import Sandbox

/// Workers as processes of our own program, on the loop.
package struct TemplateWorkshop: Workshop {
    private let loop: EventLoop?
    private let executable: String
    private let log: Log

    /// Templates of the program at a path, on a loop, without which there are none; on Linux the running one has the same path for ever.
    package init(_ loop: EventLoop?, executable: String, log: Log) {
        self.loop = loop
        self.executable = executable
        self.log = log
    }

    package func open(_ programs: [Program]) throws(Failure) -> any TemplateLine {
        guard let loop else { throw Failure(.unavailable, "no process may be started here") }
        let launch = Launch(
            executable: executable, arguments: [Template.argument],
            environment: Template.environment, directory: "/")
        do throws(MachineFailure) {
            let server = try ForkServer.spawn(launch, on: loop) { line in
                log(.info, "[jq] \(line)")
            }
            let frame = Program.frame(programs)
            server.child.input.write { $0 += frame }
            return ProcessTemplate(server)
        } catch {
            throw Failure(.unavailable, error.clause)
        }
    }
}

/// A template that is a process.
///
/// `@unchecked Sendable`: the cutter is used by the one task that hears the reports.
private final class ProcessTemplate: TemplateLine, @unchecked Sendable {
    private let server: ForkServer
    private var cutter = FrameCutter(limit: Template.limit)

    init(_ server: ForkServer) { self.server = server }

    func next() async -> Report? {
        await cutter.next(from: server.child.output).flatMap(Report.init)
    }

    func start(place: UInt32, number: UInt32) throws(Failure) -> any WorkerLine {
        do throws(MachineFailure) {
            return ProcessWorker(try server.start(place: place, number: number))
        } catch {
            throw Failure(.unavailable, error.clause)
        }
    }

    func end(place: UInt32, number: UInt32) {
        // A template that cannot be told is gone, and so is the worker.
        try? server.end(place: place, number: number)
    }

    func stop() async {
        _ = await server.child.stop(closing: .milliseconds(200), terminating: .milliseconds(200))
    }
}

/// A worker that is a process.
///
/// `@unchecked Sendable`: the cutter is used by the one task that hears the answers.
private final class ProcessWorker: WorkerLine, @unchecked Sendable {
    private let streams: CopyStreams
    private var cutter = FrameCutter(limit: Template.limit)

    init(_ streams: CopyStreams) { self.streams = streams }

    func ask(_ frame: [UInt8]) { streams.output.write { $0 += frame } }

    func answer() async -> [UInt8]? { await cutter.next(from: streams.input) }

    func close() {
        streams.input.close()
        streams.output.close()
    }
}

extension FrameCutter {
    /// The next frame that an input brings; nil at its end, or when it brings something else.
    fileprivate mutating func next(from input: Input) async -> [UInt8]? {
        while true {
            do throws(FrameCutter.Fault) {
                if let frame = try next() { return frame }
            } catch {
                return nil
            }
            guard let count = try? await input.read(into: &bytes), count > 0 else { return nil }
        }
    }
}
