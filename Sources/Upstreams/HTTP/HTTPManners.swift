import Aggregator
import Machine

/// All in which one kind of server over HTTP differs from another: how it wants to be spoken to, and
/// what its refusals mean.
///
/// What is here by default holds for a server at a URL.
struct HTTPManners: Sendable {
    /// Whether there is a stream of what the server says unasked (GET).
    var hasStream = true
    /// Whether the id of the session counts from whichever answer it comes with, in every era; it
    /// says where calls go then, and not only what was agreed in a handshake.
    var keepsEverySession = false
    /// Whether the trace that a client's request belongs to is told in a header, too (W3C Trace Context).
    var carriesTraces = false
    /// Whether `initialize` comes before any other question, each of which may start a machine.
    var greetsFirst = false
    /// After how long a handshake that is not answered is said to be a start from cold; nil for never.
    var coldStart: Duration?
    /// Whether a call of which not one byte left is made again here.
    var retriesUnsent: Retry?
    /// From the first send of a call to the last, retries included.
    var retryTime = Duration.seconds(120)

    /// The request that ends a session; nil if there is none.
    var farewell: @Sendable (HTTPRoute, RequestFields.Context) -> HTTPClientRequest? = {
        route, context in
        guard context.session != nil else { return nil }
        return route.request("DELETE", route.place, route.fields.delete(context))
    }
    /// Whether a refusal is about who asks, so that other credentials may help.
    var doubtsCredentials: @Sendable (HTTPRefusal) -> Bool = { [401, 403].contains($0.status) }
    /// Whether a refusal is about who asks at all: nobody was let in.
    var turnsAway: @Sendable (HTTPRefusal) -> Bool = { [401, 403].contains($0.status) }
    /// Whether a refusal says that who asks is known, and lacks a right.
    var lacksRight: @Sendable (HTTPRefusal) -> Bool = { _ in false }
    /// Whether a refusal of a request with a session says that there is none, beyond what the
    /// standard knows (`SessionLoss`).
    var forgets: @Sendable (HTTPRefusal) -> Bool = { _ in false }
    /// When a refused call may be made again.
    var retry: @Sendable (HTTPRefusal) -> Retry? = Retry.afterBusy
    /// What a refusal means, where it is not handed on as it came and is no plain status.
    var explain: @Sendable (HTTPRefusal) -> Failure? = { _ in nil }
}
