/// Everything the owner decides: one value, decoded from one file, replaced whole on a reload.
///
/// The default values of the properties are the documented defaults; the shapes next to each
/// section (`Configuration+Shape.swift`) say how it is written in a file.
package struct Configuration: Sendable, Equatable {
    /// How the aggregator presents itself to its clients.
    package var server = Server()
    /// How published names are made.
    package var names = Names()
    /// The caps that hold for the whole process.
    package var limits = Limits()
    /// Who may come in over HTTP.
    package var inbound = Inbound()
    /// The servers behind the aggregator, in the order of the file: it decides name clashes.
    package var upstreams: [Upstream] = []
    /// The plugin chain, outermost first.
    package var plugins: [Plugin] = []
    /// What is recorded, in the form of its kind; nil for nothing.
    package var record: Plugin?
    /// What `${env:…}` and `${secret:…}` stood for, and what stands under names that sound secret: no
    /// file may hold it.
    package var confidential: Set<Text> = []

    /// A configuration with nothing but defaults.
    package init() {}

    /// The prefix of an upstream's published names; empty for none.
    ///
    /// What the upstream says wins over `names.prefix`; without either it is the upstream's name.
    package func prefix(of upstream: Upstream) -> String {
        if let said = upstream.prefix { return said }
        return names.prefix == .never ? "" : upstream.name
    }
}

extension Configuration {
    /// The section `server`: how the aggregator presents itself.
    package struct Server: Sendable, Equatable {
        /// `serverInfo.name`.
        package var name = "manifold"
        /// `serverInfo.title`.
        package var title: String?
        /// Text put before the merged instructions of the upstreams.
        package var instructions: String?
        /// The most bytes of merged instructions.
        package var instructionsBudget = 8192

        package init() {}
    }

    /// The section `names`: how published names are made.
    package struct Names: Sendable, Equatable {
        /// Whether names carry their upstream's prefix.
        package enum Prefix: String, Sendable, CaseIterable { case always, never }

        /// Whether names carry a prefix where the upstream does not say so itself.
        package var prefix = Prefix.always
        /// The longest published name, in characters.
        package var maxLength = 48

        package init() {}
    }

    /// The section `limits`: caps for the whole process.
    package struct Limits: Sendable, Equatable {
        /// The longest message, line or body, in bytes.
        package var message = 128 << 20
        /// The most bytes that wait for one client.
        package var queue = 8 << 20
        /// How long a first list waits for upstreams that are still starting.
        package var startWait = Duration.seconds(3)
        /// The most requests of one client at a time.
        package var inFlight = 1024
        /// How long what nobody uses is kept: a session whose client is silent, an upstream that no
        /// client needs.
        package var sessionIdle = Duration.seconds(1800)
        /// The most sessions over HTTP at a time; one more takes the place of the one that was silent
        /// for the longest time.
        package var sessions = 10_000

        package init() {}
    }

    /// The section `inbound`: who may come in over HTTP, and how.
    package struct Inbound: Sendable, Equatable {
        /// The token that every request has to bring; without one, and without certificates of clients,
        /// only this machine gets in.
        package var bearer: Text?
        /// Names under which requests may reach us, besides those of this machine.
        package var hosts: [String] = []
        /// Origins of the pages that may send requests, besides pages of this machine.
        package var origins: [String] = []
        /// How long a request may stop coming before it is given up.
        package var requestIdle = Duration.seconds(30)
        /// The certificate, when we speak TLS.
        package var tls: TLS?
        /// What processes that stand in for each other seal with, the newest first.
        ///
        /// 32 bytes each, in Base64 or hexadecimal digits; without any, a process has a key of its own.
        package var sealingKeys: [Text] = []

        package init() {}

        /// The files of TLS.
        package struct TLS: Sendable, Equatable {
            /// The path of the certificate and those that vouch for it, in PEM.
            package var certificate: Text?
            /// The path of its key, in PEM.
            package var key: Text?
            /// The path of the authorities that clients' certificates come from; nil to ask for none.
            package var clientCA: Text?

            package init() {}
        }
    }
}
