import Aggregator
package import Machine

extension StdioSettings {
    /// How the program is started, among these variables of ours and those of its `envFile`.
    package func launch(
        inheriting variables: [(name: String, value: String)],
        file: [(name: String, value: String)] = []
    ) -> Launch {
        Launch(
            executable: command.value, arguments: args.map(\.value),
            environment: environment(inheriting: variables, file: file),
            directory: cwd?.value, shown: words(file))
    }

    /// What failures call the parts of a start: expanded values may be secrets.
    private func words(_ file: [(name: String, value: String)]) -> Launch.Words {
        let isInFile = file.contains { $0.name == "PATH" }
        return Launch.Words(
            executable: command.written, directory: cwd?.written,
            searchPath: env.last { $0.name == "PATH" }?.value?.written
                ?? (isInFile ? "that of its 'envFile'" : nil))
    }
}
