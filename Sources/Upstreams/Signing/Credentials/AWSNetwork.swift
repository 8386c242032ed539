package import Aggregator
package import Machine

/// How the services behind credentials are asked.
package struct AWSNetwork: Sendable {
    /// Through which doors a request leaves.
    package enum Way: Sendable, Hashable {
        /// Through a proxy, where one is named.
        case usual
        /// Never through a proxy: what answers is beside us, and gives secrets to whoever asks.
        case direct
    }

    /// What a service answered.
    package struct Answer: Sendable {
        package let status: Int
        package let fields: HTTPFields
        package let body: [UInt8]

        /// An answer with every part given.
        package init(status: Int, fields: HTTPFields = HTTPFields(), body: [UInt8]) {
            self.status = status
            self.fields = fields
            self.body = body
        }
    }

    /// Sends one request and reads the whole answer.
    package typealias Exchange =
        @Sendable (HTTPClientRequest, Way) async throws(MachineFailure) -> Answer
    /// Runs a program, given as its words, to its end.
    package typealias Run = @Sendable ([String]) async throws(MachineFailure) -> Child.Finished

    let exchange: Exchange
    let run: Run
    let time: any Timekeeper
    /// A number in 0..<1.
    let random: @Sendable () -> Double

    /// A network of these closures.
    package init(
        time: any Timekeeper, random: @escaping @Sendable () -> Double = { .random(in: 0..<1) },
        exchange: @escaping Exchange, run: @escaping Run
    ) {
        self.time = time
        self.random = random
        self.exchange = exchange
        self.run = run
    }

    /// The most bytes of an answer or of a program's output.
    private static let limit = 1 << 20
    /// How long a program may take: one that waits for a person would wait for ever.
    private static let patience = Duration.seconds(60)

    /// The network of this machine.
    package static func machine(
        _ environment: Environment, on loop: EventLoop, time: any Timekeeper,
        _ settings: HTTPClientSettings
    ) -> AWSNetwork {
        var direct = settings
        direct.proxies = .none
        let clients = (
            usual: HTTPClient(on: loop, settings), direct: HTTPClient(on: loop, direct)
        )
        return AWSNetwork(
            time: time,
            exchange: { (request, way) async throws(MachineFailure) in
                let client = way == .usual ? clients.usual : clients.direct
                let response = try await client.send(request)
                let body = try await response.whole(limit: limit)
                return Answer(status: response.status, fields: response.fields, body: body)
            },
            run: { (words) async throws(MachineFailure) in
                let launch = Launch(
                    executable: words.first ?? "", arguments: Array(words.dropFirst()),
                    environment: environment.variables)
                return try await Child.run(launch, on: loop, limit: limit, within: patience)
            })
    }
}

// MARK: Again

extension AWSNetwork {
    /// How often a request is made in all; AWS's own tools say three.
    static let usualAttempts = 3

    /// Asks a service, again after a pause where it is only busy or the way to it broke; `sign` is
    /// called for each attempt.
    func ask(
        _ request: HTTPClientRequest, attempts: Int = usualAttempts,
        sign: (inout HTTPClientRequest) throws(MachineFailure) -> Void = { _ in }
    ) async throws(MachineFailure) -> Answer {
        var attempt = 1
        while true {
            var request = request
            try sign(&request)
            let isLast = attempt >= attempts
            do throws(MachineFailure) {
                let answer = try await exchange(request, .usual)
                if isLast || !Self.isBusy(answer) { return answer }
            } catch {
                if isLast || error.code == .cancelled || error.code == .unusable { throw error }
            }
            await time.sleep(for: pause(after: attempt))
            if Task.isCancelled { throw MachineFailure(.cancelled, "The task was cancelled.") }
            attempt += 1
        }
    }

    private static func isBusy(_ answer: Answer) -> Bool {
        switch answer.status {
        case 429, 500, 502, 503, 504: true
        case 400: String(decoding: answer.body, as: UTF8.self).contains("Throttling")
        default: false
        }
    }

    private func pause(after attempt: Int) -> Duration {
        let longest = min(0.05 * Double(1 << min(attempt, 10)), 20)
        return .seconds(1) * (random() * longest)
    }

    /// A request for a small answer.
    static func request(
        _ method: String, _ url: String, fields: [(name: String, value: String)] = [],
        body: [UInt8] = []
    ) -> HTTPClientRequest {
        var request = HTTPClientRequest(
            method, url, fields: fields + [("User-Agent", "manifold")], body: body)
        request.deadlines.firstByte = .seconds(30)
        request.deadlines.total = .seconds(60)
        request.bodyLimit = limit
        return request
    }
}
