package import Aggregator
import Machine
import Signing
import Wire

/// An upstream at a URL.
package struct HTTPEndpoint: Endpoint {
    private let entry: Entry
    private let settings: HTTPSettings
    private let tools: Tools
    private let client: HTTPClient
    private let authorizer: (any Authorizer)?
    /// What keeps it from being used at all.
    private let fault: Failure?

    /// The endpoint of one entry of the configuration.
    package init(_ upstream: Configuration.Upstream, _ settings: HTTPSettings, _ tools: Tools) {
        entry = Entry(upstream)
        self.settings = settings
        self.tools = tools
        client = HTTPClient(on: tools.loop, settings.client(tools.environment))
        do throws(Failure) {
            authorizer = try settings.authorizer(for: upstream.name, tools, client)
            fault = nil
        } catch {
            authorizer = nil
            fault = error
        }
    }

    package var summary: String {
        let origin = (try? HTTPAddress(settings.url.value))?.origin
        return "http \(settings.url.isExpanded ? settings.url.written : origin ?? "")"
    }

    package var fingerprint: String {
        var parts = [settings.url.written, settings.transport.rawValue]
        parts += settings.headers.map { "\($0.name): \($0.value.written)" }
        if let oauth = settings.auth.oauth { parts.append(oauth.mark) }
        // Literal values may be secrets, and this is kept on disk.
        return Digest.sha256Text(Array(parts.joined(separator: "\u{1F}").utf8))
    }

    package func adopt(_ upstream: Configuration.Upstream) { entry.adopt(upstream) }

    package func connect() async throws(Failure) -> any Connection {
        if let fault { throw fault }
        let place: Place
        do throws(MachineFailure) {
            place = try Place(settings.url.value)
        } catch {
            throw Failure(
                .unavailable, "Upstream '\(entry.name)' has no usable 'url': \(error.message)",
                upstream: entry.name)
        }
        let headers = settings.headers.map { (name: $0.name, value: $0.value.value) }
        let agent = headers.contains { $0.name.lowercased() == "user-agent" }
        let route = HTTPRoute(
            place: place,
            fields: RequestFields(
                headers: headers + (agent ? [] : [("User-Agent", "manifold")])),
            client: ClientSender(client: client), authorizer: authorizer,
            transport: settings.transport,
            limit: tools.messageLimit)
        return HTTPConnection(route, entry, tools)
    }
}

extension HTTPSettings {
    /// What proves the right to make requests; nil if nothing has to.
    fileprivate func authorizer(
        for upstream: String, _ tools: Tools, _ client: HTTPClient
    ) throws(Failure) -> (any Authorizer)? {
        try auth.oauth?.authorizer(for: upstream, time: tools.time, client: client)
    }

    /// How a client for this upstream reaches servers.
    fileprivate func client(_ environment: Environment) -> HTTPClientSettings {
        var client = HTTPClientSettings(environment)
        if let proxy {
            client.proxies = proxy.value.isEmpty ? .none : ProxyRules(proxy: proxy.value)
        }
        if let ca {
            client.trust.file = ca.value
            client.trust.folders = []
        }
        return client
    }
}
