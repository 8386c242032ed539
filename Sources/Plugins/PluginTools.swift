package import Aggregator
package import Machine

/// What the executable lends to every kind of plugin.
package struct PluginTools: Sendable {
    package let loop: EventLoop
    package let time: any Timekeeper
    package let environment: Environment
    package let log: Log
    /// Where what blocks is done.
    package let offLoop: OffLoop
    /// Whether what plugins learn of the lists is kept: not so by commands that only look.
    package let keepsFiles: Bool

    /// Tools with every part given.
    package init(
        loop: EventLoop, time: any Timekeeper, environment: Environment, log: Log,
        offLoop: OffLoop, keepsFiles: Bool
    ) {
        self.loop = loop
        self.environment = environment
        self.time = time
        self.log = log
        self.offLoop = offLoop
        self.keepsFiles = keepsFiles
    }
}
