import Machine
import Wire

/// A token and how long it may be used.
struct AccessToken: Sendable {
    /// What a server that names no lifetime is taken to mean.
    private static let usualLife = Duration.seconds(300)
    /// What no token outlives, in seconds.
    static let longest = 366 * 86_400

    /// The secret itself.
    let text: String
    /// When it was asked for.
    let born: ContinuousClock.Instant
    /// When it is replaced, early enough that it does not expire on the way.
    let stale: ContinuousClock.Instant
    /// When the server refuses it.
    let expires: ContinuousClock.Instant
    /// Whether the one before it was refused.
    var isRenewal = false

    /// Reads a server's answer (RFC 6749, section 5.1); nil when it is none.
    ///
    /// It is stale a minute or a tenth of its life before it expires, whichever is earlier, and up to
    /// another twentieth earlier by chance (`jitter`, 0..<1), so that replicas do not ask together.
    init?(_ body: [UInt8], asked: ContinuousClock.Instant, jitter: Double) {
        guard let answer = try? Value(validating: body), let text = answer["access_token"]?.string,
            answer["token_type"]?.string.map({ $0.lowercased() == "bearer" }) ?? true
        else { return nil }
        self.init(text, life: Self.life(answer["expires_in"]), asked: asked, jitter: jitter)
    }

    /// A token that is good for a while, nil for the usual one; nil when the text can be none.
    init?(_ text: String, life: Duration?, asked: ContinuousClock.Instant, jitter: Double) {
        guard !text.isEmpty, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        let life = life ?? Self.usualLife
        self.text = text
        born = asked
        expires = asked + life
        let margin = min(max(life / 10, .seconds(60)), life / 2)
        stale = expires - margin - life / 20 * jitter
    }

    /// Seconds as a number, or as the text that some servers write.
    private static func life(_ value: Value?) -> Duration? {
        let seconds = value?.integer ?? value?.string.flatMap { Int($0) }
        return seconds.flatMap { $0 > 0 ? .seconds(min($0, longest)) : nil }
    }

    /// How long a token is good for that is a JWT (RFC 7519, section 4.1.4), `now` being seconds since
    /// 1970; nil where it does not say.
    static func life(ofJWT text: String, now: Int64) -> Duration? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let bytes = Base64.decodeForURL(parts[1]),
            let expires = (try? Value(validating: bytes))?["exp"]?.integer
        else { return nil }
        // Whoever issues tokens chooses the number, and may choose one that cannot be subtracted from.
        guard expires > now else { return .seconds(1) }
        return .seconds(min(Int64(expires) - now, Int64(longest)))
    }

    /// The code of a refusal (RFC 6749, section 5.2); nil when there is none.
    ///
    /// Only what can be a code: a server may repeat a secret in what it writes.
    static func refusal(_ body: [UInt8]) -> String? {
        guard let code = (try? Value(validating: body))?["error"]?.string, code.utf8.count <= 40,
            code.utf8.allSatisfy({ (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "_") })
        else { return nil }
        return code
    }
}
