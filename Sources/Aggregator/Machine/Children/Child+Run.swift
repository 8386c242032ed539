extension Child {
    /// What a program that ran to its end left.
    package struct Finished: Sendable {
        package let status: ExitStatus
        /// Its standard output.
        package let output: [UInt8]
        /// The end of its standard error.
        package let errors: String

        /// What something else than a program of this machine left.
        package init(status: ExitStatus, output: [UInt8], errors: String) {
            self.status = status
            self.output = output
            self.errors = errors
        }
    }

    /// Runs a program to its end, with nothing on its standard input.
    ///
    /// Throws `.timedOut` after `patience` and `.tooLarge` above `limit` bytes of output; the program
    /// is gone then, too, and after a cancellation.
    package static func run(
        _ launch: Launch, on loop: EventLoop, limit: Int, within patience: Duration
    ) async throws(MachineFailure) -> Finished {
        let name = launch.shown.executable ?? launch.executable
        let child = try spawn(launch, on: loop)
        child.input.close()
        let output = await child.wholeOutput(limit: limit, until: loop.now + patience)
        let hasEnded = (try? output.get()) != nil
        let status = await child.stop(
            closing: hasEnded ? .seconds(1) : .zero, terminating: .milliseconds(500))
        do throws(MachineFailure) {
            return Finished(status: status, output: try output.get(), errors: child.log.tail)
        } catch {
            switch error.code {
            case .closed:
                throw MachineFailure(
                    .timedOut, "Could not wait for '\(name)': it took longer than \(patience).")
            case .tooLarge:
                throw MachineFailure(
                    .tooLarge, "Could not read from '\(name)': it wrote more than \(limit) bytes.")
            default: throw error
            }
        }
    }

    private func wholeOutput(
        limit: Int, until deadline: ContinuousClock.Instant
    ) async -> Result<[UInt8], MachineFailure> {
        await withTaskGroup(of: Void.self) { group in
            // The deadline closes what is read, once for a whole program.
            group.addImmediateTask { [loop, output] in
                if (try? await loop.sleep(until: deadline)) != nil { output.close() }
            }
            defer { group.cancelAll() }
            do throws(MachineFailure) {
                return .success(try await readAll(limit: limit))
            } catch {
                return .failure(error)
            }
        }
    }

    private func readAll(limit: Int) async throws(MachineFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        while try await output.read(into: &bytes) > 0 {
            guard bytes.count <= limit else { throw MachineFailure(.tooLarge, "Too much output.") }
        }
        return bytes
    }
}
