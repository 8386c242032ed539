package import Aggregator
package import Machine

/// What the executable lends to every kind of plugin.
package struct PluginTools: Sendable {
    package let time: any Timekeeper
    package let log: Log
    /// Where what blocks is done.
    package let offLoop: OffLoop
    /// Whether what plugins learn of the lists is kept: not so by commands that only look.
    package let keepsFiles: Bool
    /// Where programs are started; nil where nothing may be.
    package let programs: Surroundings?

    /// Tools with every part given.
    package init(
        time: any Timekeeper, log: Log, offLoop: OffLoop, keepsFiles: Bool,
        programs: Surroundings? = nil
    ) {
        self.time = time
        self.log = log
        self.offLoop = offLoop
        self.keepsFiles = keepsFiles
        self.programs = programs
    }

    /// What it takes to start programs.
    package struct Surroundings: Sendable {
        package let loop: EventLoop
        /// Our own environment, of which they get what is usual.
        package let environment: Environment

        package init(loop: EventLoop, environment: Environment) {
            self.loop = loop
            self.environment = environment
        }
    }
}
