package import Aggregator

/// The settings of `http: {…}`: a server at a URL.
package struct HTTPSettings: Settings {
    /// Which form of the transport is spoken.
    package enum Transport: String, Sendable, CaseIterable {
        /// Streamable HTTP, and HTTP with SSE where a server knows nothing newer.
        case auto
        /// Streamable HTTP (from 2025-03-26 on).
        case streamable
        /// HTTP with SSE (2024-11-05).
        case sse
    }

    /// One entry of `headers`.
    package struct Header: Sendable, Equatable {
        package var name: String
        package var value: Text

        /// A header and its value.
        package init(name: String, value: Text) {
            self.name = name
            self.value = value
        }
    }

    /// The address of the server's endpoint.
    package var url: Text = ""
    /// What is sent with every request, in the order of the file.
    package var headers: [Header] = []
    /// How the right to make a request is proved.
    package var auth = Auth()
    /// A file of certificates of authorities (PEM), instead of the system's.
    package var ca: Text?
    /// The proxy, instead of what the environment says; empty for none.
    package var proxy: Text?
    package var transport = Transport.auto

    package init() {}

    /// The value of `auth`.
    package struct Auth: Sendable, Equatable {
        /// How tokens are got; nil for none.
        package var oauth: OAuth?

        package init() {}
    }

    /// The value of `auth.oauth`: the client credentials grant.
    package struct OAuth: Sendable, Equatable {
        /// How the client proves who it is.
        package enum Proof: String, Sendable, CaseIterable { case basic, post }

        /// Where tokens are asked for; nil where the issuer says it.
        package var tokenURL: Text?
        /// The authorization server, which publishes where tokens are asked for.
        package var issuer: Text?
        package var clientId: Text = ""
        package var clientSecret: Text = ""
        package var scopes: [String] = []
        package var audience: Text?
        package var resource: Text?
        /// Nil for what the server says that it wants, or else `basic`.
        package var proof: Proof?

        package init() {}
    }
}
