package import Wire

/// Where a server of HTTP listens, and what it puts up with.
package struct HTTPServerSettings: Sendable {
    /// An address in digits; all interfaces are `0.0.0.0` or `::`.
    package var address = "127.0.0.1"
    /// 0 lets the system choose.
    package var port = 0
    /// Whether other processes may listen at the same port.
    package var sharesPort = false
    /// The certificate and its rules, when it speaks TLS.
    package var tls: TLSContext?
    /// How large requests may be.
    package var limits = RequestLimits.standard
    /// The name under which its owner says how large a body may be, for whoever sends a larger one.
    package var bodyLimitName: String?
    /// From the first byte of a head to its last; also for the handshake of TLS.
    package var headDeadline = Duration.seconds(10)
    /// Between two parts of a body.
    package var bodyDeadline = Duration.seconds(30)
    /// For the whole of a body.
    package var wholeBodyDeadline = Duration.seconds(600)
    /// Between two requests, or before the first.
    package var idleDeadline = Duration.seconds(75)
    /// For a client that takes none of its answer.
    package var stallDeadline = Duration.seconds(60)
    /// For a client to read the answer to a request that is not read to its end.
    package var lingerDeadline = Duration.seconds(3)
    /// How many connections there may be; one over that is answered with 503.
    package var mostConnections = 12_000
    /// How many bytes the bodies of all requests that are not answered yet may have together; a
    /// request over that is answered with 503.
    package var bufferedBodies = 512 << 20
    /// With so many bytes waiting for a client, its answer is congested.
    package var highWater = 8 << 20
    /// How many bytes of later requests are read while one is answered.
    package var readAhead = 64 << 10

    /// The settings of a server on 127.0.0.1, at a port that the system chooses.
    package init() {}
}

/// The deadlines in ticks of the server's sweep, which is what makes them cost nothing: no clock is
/// read and no timer set for a request.
struct HTTPDeadlines {
    /// How long a tick is.
    let tick: Duration
    let head: Int
    let body: Int
    let wholeBody: Int
    let idle: Int
    let stall: Int
    let linger: Int

    /// The deadlines of settings, in ticks of a length that is kept or follows from them.
    init(_ settings: HTTPServerSettings, tick given: Duration? = nil) {
        let all = [
            settings.headDeadline, settings.bodyDeadline, settings.wholeBodyDeadline,
            settings.idleDeadline, settings.stallDeadline, settings.lingerDeadline,
        ]
        let tick = given ?? min(max((all.min() ?? .seconds(8)) / 8, .milliseconds(5)), .seconds(1))
        self.tick = tick
        // One more, because the first tick may come at once.
        func count(_ duration: Duration) -> Int { Int((duration / tick).rounded(.up)) + 1 }
        head = count(settings.headDeadline)
        body = count(settings.bodyDeadline)
        wholeBody = count(settings.wholeBodyDeadline)
        idle = count(settings.idleDeadline)
        stall = count(settings.stallDeadline)
        linger = count(settings.lingerDeadline)
    }
}
