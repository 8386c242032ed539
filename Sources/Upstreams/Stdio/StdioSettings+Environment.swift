import Aggregator
import Programs

extension StdioSettings.Inheritance {
    /// Whether a child inherits our variable of this name.
    package func admits(_ name: String) -> Bool {
        switch self {
        case .usual: UsualVariables.admit(name)
        case .all: true
        case .none: false
        case .also(let names): UsualVariables.admit(name, besides: names)
        }
    }
}

extension StdioSettings {
    /// The child's complete environment, sorted by name: what it inherits of ours, then the lines
    /// of its file, then `env`; a later layer wins, and null in `env` removes.
    package func environment(
        inheriting ours: [(name: String, value: String)],
        file: [(name: String, value: String)] = []
    ) -> [(name: String, value: String)] {
        var variables: [String: String] = [:]
        for (name, value) in ours where inheritEnv.admits(name) { variables[name] = value }
        for (name, value) in file { variables[name] = value }
        for variable in env { variables[variable.name] = variable.value?.value }
        return variables.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
    }
}
