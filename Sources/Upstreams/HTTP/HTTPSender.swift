import Machine

/// What sends the requests of an upstream: libcurl, or in tests a script.
protocol HTTPSender: Sendable {
    /// Sends a request and returns when the head of the answer is there, whatever its status.
    func send(_ request: HTTPClientRequest) async throws(MachineFailure) -> any HTTPAnswer

    /// Sends a last request whose answer nobody needs, also in a cancelled task.
    func farewell(_ request: HTTPClientRequest, within delay: Duration) async
}

/// The answer to one request, whose body is read piece by piece.
protocol HTTPAnswer: Sendable {
    var status: Int { get }
    var fields: HTTPFields { get }

    /// The next bytes of the body; nil at its end.
    func next() async throws(MachineFailure) -> [UInt8]?

    /// The whole body; throws `.tooLarge` above `limit` bytes.
    func whole(limit: Int) async throws(MachineFailure) -> [UInt8]
}

extension HTTPClientResponse: HTTPAnswer {}

/// The sender of the product.
struct ClientSender: HTTPSender {
    let client: HTTPClient

    func send(_ request: HTTPClientRequest) async throws(MachineFailure) -> any HTTPAnswer {
        try await client.send(request)
    }

    func farewell(_ request: HTTPClientRequest, within delay: Duration) async {
        await client.farewell(request, within: delay)
    }
}
