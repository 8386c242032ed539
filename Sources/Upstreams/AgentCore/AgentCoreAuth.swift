package import Aggregator
import Wire

/// How a runtime or a gateway is shown who asks: the value of `auth`.
package enum AgentCoreAuth: Sendable, Equatable {
    /// With a signature of AWS's keys (SigV4).
    case iam
    /// With nothing.
    case none
    /// With a token that is given.
    case bearer(Text)
    /// With tokens that an authorization server gives for a client's id and secret.
    case oauth(HTTPSettings.OAuth)
    /// With tokens that AgentCore Identity gives.
    case identity(AgentCoreIdentity)
}

extension AgentCoreAuth {
    private enum RuntimeWord: String, Sendable, CaseIterable { case iam }
    private enum GatewayWord: String, Sendable, CaseIterable { case iam, none }

    /// How it is written for a runtime.
    static let ofRuntime = format(
        Format<RuntimeWord>.choice.map({ _ in .iam }, back: { $0 == .iam ? .iam : nil }))

    /// How it is written for a gateway, which may let in everybody.
    static let ofGateway = format(
        Format<GatewayWord>.choice.map(
            { $0 == .iam ? .iam : .none },
            back: { auth in
                switch auth {
                case .iam: .iam
                case .none: GatewayWord.none
                case .bearer, .oauth, .identity: nil
                }
            }))

    private static func format(_ word: Format<AgentCoreAuth>) -> Format<AgentCoreAuth> {
        let tokens = Format<Tokens>.object(Tokens.shape).map({ $0.auth }, back: { _ in nil })
        return .either(word, tokens) { $0.entries != nil }
    }

    /// The same while it is read.
    private struct Tokens: Sendable {
        var bearer: Text?
        var jwt: HTTPSettings.OAuth?
        var identity: AgentCoreIdentity?

        var auth: AgentCoreAuth {
            if let bearer { return .bearer(bearer) }
            if let identity { return .identity(identity) }
            return jwt.map { .oauth($0) } ?? .iam
        }

        static let shape: Shape<Tokens> = {
            var shape = Shape(
                Tokens(),
                [
                    Key(
                        "bearer", \.bearer, .filled, "A token that is given.",
                        example: "\"${env:WEATHER_TOKEN}\""),
                    Key(
                        "jwt", \.jwt, .object(HTTPSettings.OAuth.shape),
                        "Tokens by OAuth's client credentials grant, of Cognito or any other issuer."
                    ),
                    Key(
                        "identity", \.identity, .object(AgentCoreIdentity.shape),
                        "Tokens by AgentCore Identity, which keeps the client's id and secret for us."
                    ),
                    Key(custom: "oauth", schema: nil) { entry, tokens, reading in
                        let format = Format<HTTPSettings.OAuth>.object(HTTPSettings.OAuth.shape)
                        tokens.jwt = format.read(entry.value, &reading)
                    },
                ])
            shape.alternatives = ["bearer", "jwt", "oauth", "identity"]
            return shape
        }()
    }
}
