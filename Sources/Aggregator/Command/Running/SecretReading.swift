import Aggregator
import Machine
import Signing
import Synchronization

/// Reads the secrets of a configuration before there is a loop for everything else.
enum SecretReading {
    /// The values of secrets by name, asked on a loop of their own.
    static func read(_ names: [String], _ environment: Environment) throws(LoadError) -> Secrets {
        let secrets = Mutex(Secrets())
        do throws(MachineFailure) {
            let loop = try EventLoop.make()
            _ = loop.run {
                let accounts = AWSAccounts(environment, on: loop, time: loop)
                let read = await accounts.secrets(names)
                secrets.withLock { $0 = read }
                return 0
            }
        } catch {
            throw LoadError("manifold: \(error.message)\n")
        }
        return secrets.withLock { $0 }
    }
}
