package import Aggregator
package import Machine

extension PluginTrouble {
    /// What is wrong with a file that was tried, if something is.
    package init?(_ attempt: Result<Void, MachineFailure>) {
        guard case .failure(let failure) = attempt else { return nil }
        self.init(failure.message)
    }
}
