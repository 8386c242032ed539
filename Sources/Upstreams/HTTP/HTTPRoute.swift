import Aggregator
import Machine
import Signing

/// What all requests to one upstream have in common.
struct HTTPRoute: Sendable {
    let place: Place
    let fields: RequestFields
    let client: any HTTPSender
    let authorizer: (any Authorizer)?
    let transport: HTTPSettings.Transport
    /// The longest message, in bytes.
    let limit: Int
    var manners = HTTPManners()
    /// How far requests have come.
    var milestones = Milestones()

    /// A request with the right to make it; what it waits for is decided by others.
    func request(
        _ method: String, _ place: Place, _ fields: [(name: String, value: String)],
        body: [UInt8] = []
    ) -> HTTPClientRequest {
        var request = HTTPClientRequest(method, place.url, fields: fields, body: body)
        // Silence is looked for by `sweep`, which knows whether a person is being asked.
        request.deadlines.firstByte = .seconds(366 * 86_400)
        request.deadlines.idle = .seconds(366 * 86_400)
        request.bodyLimit = nil
        return request
    }

    /// Puts what proves the right to make a request into it.
    func authorize(_ request: inout HTTPClientRequest) async throws(Failure) {
        try await authorizer?.authorize(&request)
    }

    /// Whether a request that was refused may be made once more, with other credentials.
    func refused(_ request: HTTPClientRequest, _ refusal: HTTPRefusal) async -> Bool {
        await authorizer?.refused(
            request, status: refusal.status, fields: refusal.fields, body: refusal.body) ?? false
    }
}
