import Machine

/// What the command line of `mcp-proxy-for-aws` says, read as Python's argparse reads it.
struct AWSProxyArguments: Sendable {
    /// How many words an option takes.
    private enum Arity {
        case none, one, some, any
    }

    private(set) var endpoint: String?
    private(set) var service: String?
    private(set) var region: String?
    private(set) var profiles: [String] = []
    private(set) var metadata: [(key: String, value: String)] = []
    private(set) var headers: [(key: String, value: String)] = []
    private(set) var isReadOnly = false
    private(set) var mayBeUnsigned = false
    private(set) var logLevel = "ERROR"
    private(set) var retries = 0
    private(set) var connectTimeout: Duration? = .seconds(60)
    private(set) var readTimeout: Duration? = .seconds(120)
    private(set) var toolTimeout: Duration? = .seconds(300)
    /// Whether only the help or the version was asked for.
    private(set) var wantsHelp = false
    private(set) var wantsVersion = false

    private static let options: [(name: String, arity: Arity)] = [
        ("--service", .one), ("--profile", .some), ("--region", .one), ("--metadata", .any),
        ("--header", .one), ("--read-only", .none), ("--log-level", .one), ("--retries", .one),
        ("--timeout", .one), ("--connect-timeout", .one), ("--read-timeout", .one),
        ("--write-timeout", .one), ("--tool-timeout", .one), ("--disable-telemetry", .none),
        ("--skip-auth", .none), ("--help", .none), ("--version", .none),
    ]
    private static let levels = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]
    /// Set by the signature.
    private static let reserved = ["authorization", "date", "x-amz-date", "x-amz-security-token"]

    /// Reads the words.
    init(_ words: [String], _ environment: Environment) throws(DropInFailure) {
        var rest = words[...]
        while let word = rest.popFirst() {
            guard word != "--" else {
                while let operand = rest.popFirst() { try take(operand: operand) }
                break
            }
            if Self.isOption(word) {
                try take(option: word, &rest)
            } else {
                try take(operand: word)
            }
        }
        if profiles.isEmpty, let profile = environment.word("AWS_PROFILE") { profiles = [profile] }
        guard !wantsHelp, !wantsVersion else { return }
        try finish(environment)
    }

    private mutating func finish(_ environment: Environment) throws(DropInFailure) {
        if endpoint == nil, let last = profiles.last, last.contains("://") {
            endpoint = profiles.removeLast()
        }
        guard endpoint != nil else {
            throw Self.wrong("the following arguments are required: endpoint")
        }
        for header in headers where Self.reserved.contains(header.key.lowercased()) {
            throw Self.wrong(
                """
                --header \(header.key) is not allowed: it is set by SigV4 signing. Reserved headers: \
                \(Self.reserved.joined(separator: ", "))
                """)
        }
        if let named = environment.word("AWS_MCP_PROXY_PROFILES") {
            profiles = named.split(whereSeparator: \.isWhitespace).map(String.init)
        }
        var seen: Set<String> = []
        profiles = profiles.filter { seen.insert($0).inserted }
    }

    // MARK: Words

    /// A number may begin with a minus, too.
    private static func isOption(_ word: String) -> Bool {
        word.hasPrefix("-") && word.count > 1 && Double(word) == nil
    }

    private mutating func take(operand: String) throws(DropInFailure) {
        guard endpoint == nil else { throw Self.wrong("unrecognized arguments: \(operand)") }
        endpoint = operand
    }

    private mutating func take(option word: String, _ rest: inout ArraySlice<String>)
        throws(DropInFailure)
    {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let option = try Self.option(String(parts[0]))
        let attached = parts.count == 2 ? String(parts[1]) : nil
        var values = attached.map { [$0] } ?? []
        if attached == nil, option.arity != .none {
            while let next = rest.first, !Self.isOption(next), next != "--" {
                values.append(next)
                rest.removeFirst()
                if option.arity == .one { break }
            }
        }
        switch option.arity {
        case .none where attached != nil:
            throw Self.wrong("argument \(option.name): ignored explicit argument '\(values[0])'")
        case .one where values.isEmpty:
            throw Self.wrong("argument \(option.name): expected one argument")
        case .some where values.isEmpty:
            throw Self.wrong("argument \(option.name): expected at least one argument")
        default: try set(option.name, values)
        }
    }

    /// The option of a name, or of the only one that begins so.
    private static func option(_ name: String) throws(DropInFailure) -> (name: String, arity: Arity)
    {
        if name == "-h" { return ("--help", .none) }
        if let option = options.first(where: { $0.name == name }) { return option }
        let candidates = name.hasPrefix("--") ? options.filter { $0.name.hasPrefix(name) } : []
        guard let only = candidates.first else { throw wrong("unrecognized arguments: \(name)") }
        guard candidates.count == 1 else {
            let names = candidates.map(\.name).joined(separator: ", ")
            throw wrong("ambiguous option: \(name) could match \(names)")
        }
        return only
    }

    private mutating func set(_ name: String, _ values: [String]) throws(DropInFailure) {
        let value = values.first ?? ""
        switch name {
        case "--service": service = value.isEmpty ? nil : value
        case "--region": region = value.isEmpty ? nil : value
        case "--profile": profiles = values
        case "--metadata": try Self.merge(values, name, into: &metadata)
        case "--header": try Self.merge(values, name, into: &headers)
        case "--read-only": isReadOnly = true
        case "--skip-auth": mayBeUnsigned = true
        case "--log-level": logLevel = try Self.level(value)
        case "--retries": retries = try Self.retries(value)
        case "--connect-timeout": connectTimeout = try Self.seconds(value, name)
        case "--read-timeout": readTimeout = try Self.seconds(value, name)
        case "--tool-timeout": toolTimeout = try Self.seconds(value, name)
        // Nothing here waits for them: a request leaves as fast as the connection takes it.
        case "--timeout", "--write-timeout": _ = try Self.seconds(value, name)
        case "--help": wantsHelp = true
        case "--version": wantsVersion = true
        default: break
        }
    }

    // MARK: Values

    private static func merge(
        _ pairs: [String], _ name: String, into all: inout [(key: String, value: String)]
    ) throws(DropInFailure) {
        for pair in pairs {
            guard let equals = pair.firstIndex(of: "=") else {
                throw wrong("\(name) must be in key=value format, got: \(pair)")
            }
            let key = String(pair[..<equals])
            all.removeAll { $0.key == key }
            all.append((key, String(pair[pair.index(after: equals)...])))
        }
    }

    private static func level(_ text: String) throws(DropInFailure) -> String {
        guard levels.contains(text) else {
            let names = levels.map { "'\($0)'" }.joined(separator: ", ")
            throw wrong("argument --log-level: invalid choice: '\(text)' (choose from \(names))")
        }
        return text
    }

    private static func retries(_ text: String) throws(DropInFailure) -> Int {
        guard let number = Int(text) else {
            throw wrong("argument --retries: invalid int value: '\(text)'")
        }
        guard (0...10).contains(number) else {
            let names = (0...10).map { "\($0)" }.joined(separator: ", ")
            throw wrong("argument --retries: invalid choice: \(number) (choose from \(names))")
        }
        return number
    }

    /// A number of seconds; nil for none, which means no bound.
    private static func seconds(_ text: String, _ name: String) throws(DropInFailure) -> Duration? {
        guard let number = Double(text), number.isFinite else {
            throw wrong("argument \(name): '\(text)' is not a valid integer")
        }
        guard number >= 0 else { throw wrong("argument \(name): '\(text)' must be >= 0") }
        return number == 0 ? nil : .milliseconds(Int(min(number, 31_622_400) * 1000))
    }

    private static func wrong(_ reason: String) -> DropInFailure {
        DropInFailure(
            code: ExitCode.usage,
            text: """
                usage: mcp-proxy-for-aws [--help] [options] endpoint
                mcp-proxy-for-aws: error: \(reason)
                """)
    }
}
