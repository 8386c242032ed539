/// The file that `init` writes: a configuration that runs, with every section explained.
package enum Starter {
    /// The text of `config/manifold.yaml`.
    package static let text = """
        # yaml-language-server: $schema=./manifold.schema.json
        #
        # Manifold's configuration. Every key that is commented out shows its default or an example.
        # Check a change with `manifold check`; a running manifold picks it up by itself.
        # Values may contain ${env:NAME} or ${env:NAME:-default}; write $${ for a literal ${.

        # How clients see the aggregator.
        server:
          name: manifold
          # title: Team tools
          # instructions: Prefer the docs tools to a web search.
          # instructionsBudget: 8 KiB

        # How published names are made: <upstream>__<tool>.
        # names:
        #   prefix: always          # or never
        #   maxLength: 48

        # Caps for the whole process.
        # limits:
        #   message: 128 MiB
        #   queue: 8 MiB
        #   startWait: 3 s
        #   inFlight: 1024
        #   sessions: 10000
        #   sessionIdle: 30 min

        # Who may come in over HTTP, for `manifold serve --http ADDRESS`. Without a token only this
        # machine gets in, and only an address of this machine is listened at.
        # inbound:
        #   bearer: "${env:MANIFOLD_TOKEN}"
        #   hosts: [mcp.example.com]
        #   origins: ["https://app.example.com"]
        #   tls: { certificate: /etc/manifold/tls.pem, key: /etc/manifold/tls.key }
        #   sealingKeys: ["${env:MANIFOLD_SEALING_KEY}"]   # shared by several processes

        # The servers behind the aggregator. Their order decides name clashes.
        upstreams:
          # clock:
          #   stdio:
          #     command: uvx
          #     args: [mcp-server-time]
          #
          # notes:
          #   title: My notes
          #   stdio:
          #     command: npx
          #     args: [-y, "@example/notes-server", --root, "${env:HOME}/notes"]
          #     env: { NOTES_KEY: "${env:NOTES_KEY}", NO_COLOR: 1 }
          #     inheritEnv: [AWS_PROFILE]   # besides the usual variables; or all, or none
          #     cwd: /srv/notes
          #     envFile: /srv/notes/.env
          #   prefix: ""                    # publish its tools under their own names
          #   rename: { get_current_time: now }
          #   hide: ["admin_*"]
          #   enabled: true
          #   era: auto                     # or legacy, modern: which protocol it speaks
          #   timeouts: { start: 60 s, idle: 300 s, total: none }
          #   stop: { closing: 2 s, terminating: 2 s }
          #
          # docs:
          #   http:
          #     url: https://example.com/mcp
          #     headers: { Authorization: "Bearer ${env:NOTES_KEY}" }
          #     proxy: http://proxy.example:3128   # instead of HTTPS_PROXY and its like
          #     transport: auto               # or streamable, sse
          #
          # weather:
          #   runtime:
          #     arn: arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/weather-abcdefghij
          #     auth: iam                     # or { bearer: … }, { jwt: { … } }
          #     profile: team
          #     role: { arn: "arn:aws:iam::123456789012:role/caller" }
          #     headers: { X-Amzn-Bedrock-AgentCore-Runtime-Custom-Team: blue }
          #     stopAtExit: false
          #
          # maths:
          #   gateway:
          #     url: https://maths-abcdefghij.gateway.bedrock-agentcore.us-east-1.amazonaws.com/mcp
          #     auth:
          #       jwt:
          #         issuer: https://cognito-idp.us-east-1.amazonaws.com/us-east-1_abcdefghi
          #         clientId: 1example23456789
          #         clientSecret: "${env:NOTES_KEY}"
          #         scopes: [maths/call]

        # The plugin chain, outermost first: the first one sees a request first and its answer last.
        # Names are the original ones, whatever is published. The README explains each of them.
        # plugins:
        #   - audit: { file: /var/log/manifold/audit.jsonl }
        #   - access: { deny: ["notes/delete_*"] }
        #   - limit: { calls: 60, per: 1 min, each: [principal] }
        #   - timeout: { upstream: docs, after: 30 s }
        #   - tokenize:
        #       upstream: docs
        #       fields: ["customer.*", "**.email"]
        #       keys: ["${env:TOKEN_KEY}"]  # openssl rand -base64 32
        #   - redact: { patterns: ["[0-9]{9,}"], replacement: "•" }
        #   - integers: { client: "claude*" }
        #   - pin: { file: /var/lib/manifold/pins.json, change: block }
        #   - schema: {}
        #   - hide: { items: ["notes/debug_*"] }
        #   - rename: { "clock/get_current_time": now }

        # What is said to servers and by them, written down without secrets, for `manifold replay`.
        # record:
        #   upstream: [docs]
        #   maxSize: 64 MiB
        #   redact: { patterns: ["[0-9]{9,}"], fields: ["**.email"] }

        """

    /// The same with these runtimes in it.
    static func text(_ runtimes: [GivenRuntime]) -> String {
        guard !runtimes.isEmpty else { return text }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.map { line in
            guard line == "upstreams:" else { return String(line) }
            return ([String(line)] + runtimes.map(\.lines)).joined(separator: "\n")
        }.joined(separator: "\n")
    }

    /// Why there is nothing to write.
    package struct Refusal: Error, Sendable, Hashable, CustomStringConvertible {
        package let description: String
    }

    /// The bytes to write to a path where nothing is yet; a file is never overwritten.
    package static func write(to path: String, exists: Bool) throws(Refusal) -> [UInt8] {
        guard !exists else {
            throw Refusal(description: "could not write '\(path)': it exists and is left as it is")
        }
        return Array(text.utf8)
    }
}
