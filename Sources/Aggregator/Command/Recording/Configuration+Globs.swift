import Aggregator

extension Configuration {
    /// The enabled upstreams that a name or a glob fits.
    func enabled(fitting glob: String) -> [String] {
        let glob = Glob(glob)
        return upstreams.filter(\.isEnabled).map(\.name).filter { glob.matches($0) }
    }
}
