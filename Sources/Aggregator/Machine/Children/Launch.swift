/// How a program is started.
package struct Launch: Sendable {
    /// A path when it has a slash (relative to `directory`), otherwise a name that is looked for in
    /// the PATH of `environment`.
    package var executable: String
    /// What follows the program's name.
    package var arguments: [String]
    /// The child's whole environment: nothing else is inherited.
    package var environment: [(name: String, value: String)]
    /// The working directory; nil keeps ours.
    package var directory: String?
    /// What failures call its parts.
    package var shown: Words

    /// Parts of a start in words that may be repeated; nil for the part itself.
    package struct Words: Sendable {
        package var executable: String?
        package var directory: String?
        package var searchPath: String?

        /// Words for the parts that must not be repeated as they are.
        package init(
            executable: String? = nil, directory: String? = nil, searchPath: String? = nil
        ) {
            self.executable = executable
            self.directory = directory
            self.searchPath = searchPath
        }
    }

    /// A start with every part given.
    package init(
        executable: String, arguments: [String] = [],
        environment: [(name: String, value: String)], directory: String? = nil,
        shown: Words = Words()
    ) {
        self.shown = shown
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.directory = directory
    }

    /// Throws, as a start would, where the program or its folder is not there; starts nothing.
    package func rehearse() throws(MachineFailure) { try Spawn.rehearse(self) }

    /// Where the program is looked for, for people: the whole of a path, or the name.
    package var place: String {
        guard executable.utf8.contains(UInt8(ascii: "/")), !executable.hasPrefix("/"),
            let directory
        else { return executable }
        let rest = executable.hasPrefix("./") ? executable.dropFirst(2) : executable[...]
        return directory.hasSuffix("/") ? directory + rest : "\(directory)/\(rest)"
    }

    /// The child's search path; without a variable the system's usual folders.
    var searchPath: String {
        environment.last { $0.name == "PATH" }?.value ?? "/usr/local/bin:/usr/bin:/bin"
    }

    /// The paths that are tried, in order, as `execvp` does.
    ///
    /// An empty entry is the directory.
    var candidates: [String] {
        if executable.utf8.contains(UInt8(ascii: "/")) { return [executable] }
        return searchPath.split(separator: ":", omittingEmptySubsequences: false).map {
            $0.isEmpty ? "./\(executable)" : "\($0)/\(executable)"
        }
    }
}
