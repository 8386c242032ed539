package import Aggregator

/// The settings of `stdio: {…}`: a child process that speaks lines.
package struct StdioSettings: Settings {
    /// The program: an absolute path, or a name searched in the child's `PATH`.
    package var command: Text = ""
    /// Its arguments, without the program's name.
    package var args: [Text] = []
    /// Variables set for the child, in the order of the file; nil removes one.
    package var env: [Variable] = []
    /// Which of our variables the child inherits.
    package var inheritEnv = Inheritance.usual
    /// The child's working directory, an absolute path; nil for ours.
    package var cwd: Text?
    /// The absolute path of a file of `NAME=value` lines, read when the child starts.
    package var envFile: Text?

    package init() {}

    /// One entry of `env`.
    package struct Variable: Sendable, Equatable {
        package var name: String
        /// The value; nil removes the variable.
        package var value: Text?

        /// A variable and its value.
        package init(name: String, value: Text?) {
            self.name = name
            self.value = value
        }
    }

    /// The value of `inheritEnv`.
    package enum Inheritance: Sendable, Equatable {
        /// The allow-list of `Inheritance.list`.
        case usual
        /// Every variable of ours.
        case all
        /// No variable of ours.
        case none
        /// The allow-list and these; a name may end in `*`.
        case also([String])
    }
}
