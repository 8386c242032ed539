import Machine
import Signing
import Synchronization
import Wire

/// Where programs get temporary credentials from: the instance metadata service, version 2 only, and
/// the endpoint of containers (AgentCore, "MMDSv2"; Amazon ECS, "Task IAM role").
final class MetadataService: Sendable {
    /// So many sessions' tokens are good at a time.
    private static let mostTokens = 1000
    /// Credentials are made anew when less than this part of their life is left.
    private static let freshPart = 4

    private let keys: KeyRing
    private let clock: ServiceClock
    private let settings: EmulatorSettings
    private let tokens = Mutex<[(text: String, expires: Duration)]>([])
    private let current = Mutex<EmulatedKey?>(nil)

    init(_ keys: KeyRing, _ clock: ServiceClock, _ settings: EmulatorSettings) {
        self.keys = keys
        self.clock = clock
        self.settings = settings
    }

    // MARK: Instances

    private static let ttl: FieldName = "x-aws-ec2-metadata-token-ttl-seconds"

    /// Answers a request below `/latest/`.
    func handle(_ exchange: HTTPExchange, _ path: String) {
        // What came through a proxy does not come from the instance.
        if exchange.head.fields.contains("X-Forwarded-For") { return say(exchange, .forbidden, "") }
        if path == "/api/token" { return giveToken(exchange) }
        guard exchange.head.method == .get else { return say(exchange, .methodNotAllowed, "") }
        guard isToken(exchange.head.fields["x-aws-ec2-metadata-token"]?.text) else {
            return say(exchange, .unauthorized, "")
        }
        let role = settings.role.name
        switch path {
        case "/meta-data/iam/security-credentials/", "/meta-data/iam/security-credentials":
            say(exchange, .ok, role)
        case "/meta-data/iam/security-credentials/\(role)":
            exchange.answer(.ok, document(forContainer: false))
        case "/meta-data/placement/region": say(exchange, .ok, settings.region)
        case "/meta-data/placement/availability-zone": say(exchange, .ok, "\(settings.region)a")
        case "/dynamic/instance-identity/document":
            exchange.answer(
                .ok,
                JSONWriter.object([
                    ("region", settings.region), ("accountId", settings.account),
                ]))
        default: say(exchange, .notFound, "")
        }
    }

    private func giveToken(_ exchange: HTTPExchange) {
        guard exchange.head.method == .put else { return say(exchange, .methodNotAllowed, "") }
        guard let text = exchange.head.fields[Self.ttl]?.text, let seconds = Int(text),
            (1...21_600).contains(seconds)
        else { return say(exchange, .badRequest, "") }
        let token = Base64.encodeForURL(Randomness.bytes(40))
        let expires = clock.now + .seconds(seconds)
        tokens.withLock { tokens in
            tokens.append((token, expires))
            if tokens.count > Self.mostTokens { tokens.removeFirst() }
        }
        var fields: Fields = [:]
        fields.set(Self.ttl, FieldValue(seconds))
        say(exchange, .ok, token, fields)
    }

    private func isToken(_ text: String?) -> Bool {
        let now = clock.now
        return tokens.withLock { $0.contains { $0.text == text && $0.expires > now } }
    }

    // MARK: Containers

    /// Answers a request of a container.
    func handleContainer(_ exchange: HTTPExchange) {
        guard exchange.head.method == .get else { return say(exchange, .methodNotAllowed, "") }
        guard exchange.head.fields[.authorization]?.text == settings.role.containerToken else {
            let error = [("code", "AccessDenied"), ("message", "Invalid authorization token")]
            return exchange.answer(.unauthorized, JSONWriter.object(error))
        }
        exchange.answer(.ok, document(forContainer: true))
    }

    // MARK: Credentials

    private func document(forContainer isForContainer: Bool) -> [UInt8] {
        let key = freshKey()
        let expires = Moment.text(key.expires?.components.seconds ?? 0)
        let own = [
            ("AccessKeyId", key.accessKeyId), ("SecretAccessKey", key.secretAccessKey),
            ("Token", key.sessionToken ?? ""), ("Expiration", expires),
        ]
        if isForContainer {
            let arn = "arn:aws:iam::\(settings.account):role/\(settings.role.name)"
            return JSONWriter.object([("RoleArn", arn), ("AccountId", settings.account)] + own)
        }
        let now = Moment.text(clock.seconds)
        return JSONWriter.object(
            [("Code", "Success"), ("LastUpdated", now), ("Type", "AWS-HMAC")] + own)
    }

    private func freshKey() -> EmulatedKey {
        let now = clock.now
        return current.withLock { current in
            let margin = settings.role.life / Self.freshPart
            if let current, let expires = current.expires, expires - now > margin { return current }
            let key = keys.issue(now: now)
            current = key
            return key
        }
    }

    private func say(
        _ exchange: HTTPExchange, _ status: Status, _ text: String, _ fields: Fields = [:]
    ) {
        var fields = fields
        fields.set(.contentType, "text/plain")
        exchange.respond(status, fields, body: Array(text.utf8))
    }
}
