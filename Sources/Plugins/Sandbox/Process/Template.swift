import Machine

/// The process that compiles every rule once and is copied for each worker.
///
/// It is our own program, started again with `argument` as its first word. It runs no rule itself.
package enum Template {
    /// The first word of its command line, which nobody types.
    package static let argument = "--jq-template"
    /// The largest list of programs, and the largest question or answer.
    package static let limit = 128 << 20
    /// How much memory a worker may need, in bytes.
    package static let memory = Confinement.memory
    /// What such a process finds in its environment: the time zone, so that no file is asked for it.
    package static let environment = [(name: "TZ", value: "UTC0")]

    /// Serves until whoever started it is gone.
    package static func run() {
        guard let frame = readPrograms() else { return }
        // Before anything is compiled: later versions of libjq calculate constants while they do.
        Confinement.limit()
        let (library, reason) = JQLibrary.load()
        guard let library else {
            return say(
                .unable(
                    "libjq is not there (\(reason)): install it (Debian: libjq1, Fedora and"
                        + " Homebrew: jq)"))
        }
        do throws(Confinement.Fault) {
            serve(Program.list(frame), library, try Confinement.prepare())
        } catch {
            say(.unable(error.reason))
        }
    }

    private static func serve(
        _ programs: [Program], _ library: JQLibrary, _ confinement: Confinement?
    ) {
        let engine: Engine
        do throws(EngineFault) {
            engine = try Engine(programs, library)
        } catch {
            return say(.refused(error.refusals))
        }
        say(.ready(library: engine.name, isConfined: confinement != nil))
        ForkOrders.obey { place, number, status in
            say(.ended(place: place, number: number, status: status))
        } copy: {
            if let confinement, !confinement.apply() { return }
            Worker(engine).run()
        }
    }

    private static func readPrograms() -> [UInt8]? {
        var cutter = FrameCutter(limit: limit)
        while true {
            if let frame = try? cutter.next() { return frame }
            if BlockingStream.standardInput.read(into: &cutter.bytes) == 0 { return nil }
        }
    }

    private static func say(_ report: Report) {
        _ = BlockingStream.standardOutput.write(report.frame)
    }
}
