import Aggregator
import Machine
import Synchronization
import TestSupport
import Wire

@testable import Signing

/// A machine in memory with files, services and a clock: everything a test of credentials needs.
final class AWSWorld: Sendable {
    typealias Service = @Sendable (HTTPClientRequest) -> Result<(Int, String), MachineFailure>

    private struct State {
        var now: Int64 = 1_768_480_496
        var files: [String: (bytes: [UInt8], version: UInt64)] = [:]
        var services: [(prefix: String, service: Service)] = []
        var requests: [HTTPClientRequest] = []
        var ways: [AWSNetwork.Way] = []
        var programs: [[String]] = []
        var finished: Result<Child.Finished, MachineFailure>?
        var date: String?
        var held: Latch?
    }

    let loop = Loop()
    let time = ManualTime()
    private let state = Mutex(State())

    var requests: [HTTPClientRequest] { state.withLock { $0.requests } }
    var ways: [AWSNetwork.Way] { state.withLock { $0.ways } }
    var programs: [[String]] { state.withLock { $0.programs } }
    var now: Int64 { state.withLock { $0.now } }

    // MARK: What there is

    func pass(_ seconds: Int64) { state.withLock { $0.now += seconds } }

    func put(_ path: String, _ text: String) {
        state.withLock { state in
            let version = (state.files[path]?.version ?? 0) + 1
            state.files[path] = (Array(text.utf8), version)
        }
    }

    func text(_ path: String) -> String? {
        state.withLock { $0.files[path].map { String(decoding: $0.bytes, as: UTF8.self) } }
    }

    func config(_ text: String) { put("/home/u/.aws/config", text) }
    func credentials(_ text: String) { put("/home/u/.aws/credentials", text) }

    /// Answers requests to URLs that begin so.
    func serve(_ prefix: String, _ service: @escaping Service) {
        state.withLock { $0.services.insert((prefix, service), at: 0) }
    }

    func serve(_ prefix: String, _ status: Int, _ body: String) {
        serve(prefix) { _ in .success((status, body)) }
    }

    /// The Security Token Service gives out these keys for an hour.
    func serveRoles(_ id: String = "ASIAROLE", code: Int = 200) {
        serve("https://sts.") { [self] request in
            let form = String(decoding: request.body, as: UTF8.self)
            return .success((code, Self.role(id, until: now + 3600, form)))
        }
    }

    static func role(_ id: String, until expires: Int64, _ form: String) -> String {
        """
        <?xml version="1.0"?><AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
        <AssumeRoleResult><Credentials><AccessKeyId>\(id)</AccessKeyId>
        <SecretAccessKey>s&amp;s</SecretAccessKey><SessionToken>t</SessionToken>
        <Expiration>\(Moment.text(expires))</Expiration></Credentials></AssumeRoleResult>
        </AssumeRoleResponse>
        """
    }

    func date(_ text: String) { state.withLock { $0.date = text } }

    func finish(_ result: Result<Child.Finished, MachineFailure>) {
        state.withLock { $0.finished = result }
    }

    /// Lets requests wait until the returned door is opened.
    func hold() -> Latch {
        let latch = Latch()
        state.withLock { $0.held = latch }
        return latch
    }

    // MARK: What is asked

    /// `glance` is for how long what was seen of the files counts.
    func accounts(
        _ variables: [(name: String, value: String)] = [], glance: Duration = .zero
    ) -> AWSAccounts {
        AWSAccounts(
            Environment([("HOME", "/home/u")] + variables), clock: AWSClock { [self] in now },
            files: files, network: network, glance: glance)
    }

    private var files: FileAccess {
        FileAccess(
            stamp: { [self] path in
                state.withLock { state in
                    state.files[path].map {
                        FileStamp(
                            size: Int64($0.bytes.count), inode: $0.version, seconds: 0,
                            nanoseconds: 0)
                    }
                }
            },
            read: { [self] (path) throws(MachineFailure) in
                guard let file = state.withLock({ $0.files[path] }) else {
                    throw MachineFailure(.missing, "Could not open '\(path)': it is not there.")
                }
                return file.bytes
            },
            write: { [self] (path, bytes) throws(MachineFailure) in
                put(path, String(decoding: bytes, as: UTF8.self))
            })
    }

    private var network: AWSNetwork {
        AWSNetwork(
            time: time, random: { 0 },
            exchange: { [self] (request, way) async throws(MachineFailure) in
                let (latch, service) = state.withLock { state in
                    state.requests.append(request)
                    state.ways.append(way)
                    return (state.held, state.services.first { request.url.hasPrefix($0.prefix) })
                }
                await latch?.wait()
                guard let service else {
                    throw MachineFailure(
                        .unreachable, "Could not reach '\(request.url)'.", delivery: .notSent)
                }
                let (status, body) = try service.service(request).get()
                let date = state.withLock { $0.date }
                return AWSNetwork.Answer(
                    status: status, fields: HTTPFields(date.map { [("Date", $0)] } ?? []),
                    body: Array(body.utf8))
            },
            run: { [self] (words) async throws(MachineFailure) in
                state.withLock { $0.programs.append(words) }
                guard let finished = state.withLock({ $0.finished }) else {
                    throw MachineFailure(.missing, "Could not start '\(words[0])'.")
                }
                return try finished.get()
            })
    }

    /// Runs work on the loop, moving the clock of pauses as far as it has to.
    func run<Value: Sendable>(_ work: @escaping @Sendable () async -> Value) -> Value? {
        let outcome = Mutex<Value?>(nil)
        _ = loop.start {
            let value = await work()
            outcome.withLock { $0 = value }
        }
        loop.run()
        while outcome.withLock({ $0 == nil }), let next = time.earliest {
            time.set(next)
            loop.run()
        }
        return outcome.withLock { $0 }
    }

    /// The credentials of settings now.
    func get(
        _ accounts: AWSAccounts, _ settings: AWSSettings = AWSSettings()
    ) -> Result<AWSCredentials, Failure> {
        let outcome = run { () async -> Result<AWSCredentials, Failure> in
            do throws(Failure) {
                return .success(try await accounts.provider(settings).credentials())
            } catch {
                return .failure(error)
            }
        }
        return outcome ?? .failure(Failure(.timeout, "The test waits for ever."))
    }

    /// The id of the key, or the failure's message.
    func key(_ accounts: AWSAccounts, _ settings: AWSSettings = AWSSettings()) -> String {
        switch get(accounts, settings) {
        case .success(let credentials): credentials.accessKeyId
        case .failure(let failure): failure.message
        }
    }
}
