package import Aggregator
import Machine
import Wire

/// An upstream that is a child process of ours, speaking lines over its standard streams.
package struct StdioEndpoint: Endpoint {
    private let entry: Entry
    private let settings: StdioSettings
    private let tools: Tools
    private let errors = Trail()

    /// The endpoint of one entry of the configuration.
    package init(_ upstream: Configuration.Upstream, _ settings: StdioSettings, _ tools: Tools) {
        entry = Entry(upstream)
        self.settings = settings
        self.tools = tools
    }

    package var summary: String {
        (["stdio", settings.command.written] + settings.args.map(\.written)).joined(separator: " ")
    }

    package var trail: [String] { errors.last }

    package var fingerprint: String {
        let parts =
            [settings.command.written] + settings.args.map(\.written)
            + [settings.cwd?.written ?? "", settings.envFile?.written ?? ""]
            + settings.env.map { "\($0.name)=\($0.value?.written ?? "")" }
        // Literal values may be secrets, and this is kept on disk.
        return Digest.sha256Text(Array(parts.joined(separator: "\u{1F}").utf8))
    }

    package func adopt(_ upstream: Configuration.Upstream) { entry.adopt(upstream) }

    package func connect() async throws(Failure) -> any Connection {
        let launch = settings.launch(
            inheriting: tools.environment.variables, file: try environmentFile())
        do throws(MachineFailure) {
            let child = try Child.spawn(launch, on: tools.loop, line: log)
            return StdioConnection(child, entry, tools)
        } catch {
            throw Failure(
                .unavailable, "Upstream '\(entry.name)' does not start: \(error.message)",
                upstream: entry.name)
        }
    }

    private func log(_ line: String) {
        errors.note(line)
        tools.log(.info, "[\(entry.name)] \(line)")
    }

    private func environmentFile() throws(Failure) -> [(name: String, value: String)] {
        guard let path = settings.envFile else { return [] }
        do throws(MachineFailure) {
            let text = String(
                decoding: try File.read(path.value, as: path.written, limit: 1 << 20),
                as: UTF8.self)
            do throws(EnvironmentFile.Fault) {
                return try EnvironmentFile.parse(text)
            } catch {
                throw MachineFailure(
                    .system, "\(path.written):\(error.line): \(error.reason).")
            }
        } catch {
            throw Failure(
                .unavailable,
                "Could not read the 'envFile' of upstream '\(entry.name)': \(error.message)",
                upstream: entry.name)
        }
    }
}
