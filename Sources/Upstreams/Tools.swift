package import Aggregator
package import Machine
package import Signing

/// The machine's services, lent to every kind of upstream by the executable.
package struct Tools: Sendable {
    package let loop: EventLoop
    package let time: any Timekeeper
    package let environment: Environment
    /// Who we are to AWS.
    package let accounts: AWSAccounts
    package let log: Log
    /// The longest message, in bytes.
    package let messageLimit: Int
    /// Sees what crosses the border to the upstreams, if anybody records it.
    package let tap: (any Tap)?
    /// Where callers find what a child wrote last, such as `the log`; nil where nobody needs to look
    /// for it.
    package let lastWords: String?
    /// A number in 0..<1, for jitter.
    package let random: @Sendable () -> Double

    /// Tools with every part given.
    package init(
        loop: EventLoop, time: any Timekeeper, environment: Environment, accounts: AWSAccounts,
        log: Log, messageLimit: Int, tap: (any Tap)? = nil, lastWords: String? = nil,
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        self.loop = loop
        self.time = time
        self.environment = environment
        self.accounts = accounts
        self.log = log
        self.messageLimit = messageLimit
        self.tap = tap
        self.lastWords = lastWords
        self.random = random
    }
}
