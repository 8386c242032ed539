package import Aggregator
import Machine
import Wire

extension HTTPSettings {
    /// How the settings are written.
    package static let shape = Shape(
        Self(),
        [
            Key(
                "url", \.url, .address,
                "The address of the server's endpoint, `http://…` or `https://…`.",
                isRequired: true, example: "https://example.com/mcp"),
            Key(
                "headers", \.headers, Header.format(),
                "Sent with every request; the place for keys and tokens.",
                example: "{ Authorization: \"Bearer ${env:DOCS_TOKEN}\" }"),
            Key(
                "auth", \.auth, .object(Auth.shape),
                "How the right to make a request is proved, where a header is not enough."),
            Key(
                "ca", \.ca, .path,
                "A file of certificates of authorities (PEM) to believe instead of the system's. A "
                    + "relative path starts from the folder of this file.",
                example: "/etc/ssl/team-ca.pem"),
            Key(
                "proxy", \.proxy, .text,
                "The proxy's URL, instead of what `HTTPS_PROXY` and its like say; empty for none.",
                example: "http://proxy.example:3128"),
            Key(
                "transport", \.transport, .choice,
                "`streamable` is today's transport, `sse` that of 2024-11-05; `auto` finds out."),
        ])

}

extension HTTPSettings.Auth {
    fileprivate static let shape = Shape(
        Self(),
        [
            Key(
                "oauth", \.oauth, .object(HTTPSettings.OAuth.shape),
                "Bearer tokens by OAuth's client credentials grant.")
        ])
}

extension HTTPSettings.OAuth {
    static let shape: Shape<Self> = {
        var shape = Shape(Self(), keys)
        shape.alternatives = ["tokenUrl", "issuer"]
        return shape
    }()

    private static let keys: [Key<Self>] = [
        Key(
            "tokenUrl", \.tokenURL, .address, "Where tokens are asked for.",
            example: "https://login.example.com/oauth2/token"),
        Key(
            "issuer", \.issuer, .address,
            "The authorization server instead, which says itself where tokens are asked for "
                + "(OpenID Connect Discovery).", example: "https://login.example.com"),
        Key("clientId", \.clientId, .filled, "The client's id.", isRequired: true),
        Key(
            "clientSecret", \.clientSecret, .filled, "The client's secret.", isRequired: true,
            example: "\"${env:DOCS_SECRET}\""),
        Key(
            "scopes", \.scopes, Format<String>.filled.list(), "The scopes asked for.",
            example: "[docs/read]"),
        Key("audience", \.audience, .filled, "What some authorization servers want besides."),
        Key("resource", \.resource, .filled, "The resource that the token is for (RFC 8707)."),
        Key(
            "proof", \.proof, .choice,
            "Whether id and secret go into a header (`basic`) or into the body (`post`); an issuer "
                + "says it itself, else it is `basic`."),
    ]
}

extension HTTPSettings.Header {
    private static let nameForm = Schema.Form(
        pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$", words: "that is a header's name")

    /// Set by the transport: nobody else can know their values.
    private static let own = [
        "accept", "accept-encoding", "connection", "content-length", "content-type", "expect",
        "last-event-id", "mcp-method", "mcp-name", "mcp-protocol-version", "mcp-session-id",
        "transfer-encoding",
    ]

    /// Headers of the owner's own; `fits` is asked besides, with the name in small letters.
    static func format(
        where fits: @escaping @Sendable (String) -> Bool = { _ in true }
    ) -> Format<[Self]> {
        Format<Text>.text
            .mapping(
                keys: nameForm,
                where: { isName($0) && fits($0.lowercased()) }
            )
            .map({ $0.map { Self(name: $0.key, value: $0.value) } }, back: { _ in nil })
    }

    /// Whether an owner may set a header that is called so.
    package static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy(isToken) && !own.contains(text.lowercased())
    }

    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}

extension Format<Text> {
    private static let addressForm = Schema.Form(
        pattern: "^[hH][tT][tT][pP][sS]?://[^\\s@]+$",
        words: "that is an address: 'http://…' or 'https://…', without a user name")

    /// The address of a server.
    static let address = Format<Text>.scalar(
        .text(addressForm), show: { .text($0.written) }
    ) { text, meaning in
        guard meaning == .string || text.isExpanded, (try? HTTPAddress(text.value)) != nil else {
            return nil
        }
        return text
    }
}
