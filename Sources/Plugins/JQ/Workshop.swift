package import Aggregator
package import Sandbox

/// What the pool of workers needs of the machine: a template, and workers made of it.
package protocol Workshop: Sendable {
    /// Starts a template and hands it the programs; it reports when it is ready.
    func open(_ programs: [Program]) throws(Failure) -> any TemplateLine
}

/// A running template.
package protocol TemplateLine: Sendable {
    /// The next report; nil once there will be none.
    func next() async -> Report?

    /// Puts a new worker into a place, instead of the one that may be there, which is killed.
    func start(place: UInt32, number: UInt32) throws(Failure) -> any WorkerLine

    /// Kills the worker of a place.
    func end(place: UInt32, number: UInt32)

    /// Ends the template and every worker, and returns when they are gone.
    func stop() async
}

/// The stream of one worker.
package protocol WorkerLine: Sendable {
    /// Sends a question; what is under way when the line is closed goes nowhere.
    func ask(_ frame: [UInt8])

    /// The next answer; nil once there will be none.
    func answer() async -> [UInt8]?

    /// Ends the line; whoever waits in `answer` is told.
    func close()
}
