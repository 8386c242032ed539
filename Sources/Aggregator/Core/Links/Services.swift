import Wire

/// What the domain needs of the machine it runs on, lent by the executable.
package struct Services: Sendable {
    package let time: any Timekeeper
    package let log: Log
    /// SHA-256 of the bytes.
    package let digest: @Sendable ([UInt8]) -> [UInt8]
    /// The time of day, in seconds since 1970.
    package let clock: @Sendable () -> Int
    /// A number in 0..<1, for jitter.
    package let random: @Sendable () -> Double
    /// Makes and reads the tokens that are handed out.
    package let sealer: any Sealer
    /// Our own name and version, as `serverInfo` and `clientInfo` say them.
    package let identity: Identity
    /// Whether this process goes on when a call has failed, so that the upstream is tried again.
    package let triesAgain: Bool

    /// A name, a title and a version.
    package struct Identity: Sendable {
        package let name: String
        package let title: String?
        package let version: String
        /// The object `capabilities` that clients are told; nil for all that there is.
        package let capabilities: [UInt8]?

        package init(
            name: String, title: String?, version: String, capabilities: [UInt8]? = nil
        ) {
            self.name = name
            self.title = title
            self.version = version
            self.capabilities = capabilities
        }
    }

    package init(
        time: any Timekeeper, log: Log, identity: Identity,
        digest: @escaping @Sendable ([UInt8]) -> [UInt8], sealer: any Sealer,
        clock: @escaping @Sendable () -> Int,
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
        triesAgain: Bool = true
    ) {
        self.time = time
        self.log = log
        self.identity = identity
        self.digest = digest
        self.sealer = sealer
        self.clock = clock
        self.random = random
        self.triesAgain = triesAgain
    }
}
