/// Where the configuration comes from.
///
/// The working directory is never searched: whoever can write there must not decide what is
/// started.
package enum Location: Sendable, Hashable {
    /// The flag `--config`.
    case flag(path: String)
    /// `$MANIFOLD_CONFIG`.
    case variable(path: String)
    /// `$MANIFOLD_CONFIG_INLINE`: the text itself.
    case inline(text: String)
    /// `$XDG_CONFIG_HOME/manifold/manifold.yaml`, or the same under `~/.config`.
    case user(path: String)
    /// `/etc/manifold/manifold.yaml`.
    case system(path: String)

    /// The location that wins, or nil when there is none.
    ///
    /// The flag and the variables win without a look at the file: a file that was asked for and
    /// is missing is an error, not a reason to take another one. An empty variable counts as unset.
    package static func find(
        flag: String?, environment: [String: String], exists: (String) -> Bool
    ) -> Location? {
        if let flag { return .flag(path: flag) }
        if let path = given("MANIFOLD_CONFIG", environment) { return .variable(path: path) }
        if let text = given("MANIFOLD_CONFIG_INLINE", environment) { return .inline(text: text) }
        if let path = userPath(environment), exists(path) { return .user(path: path) }
        return exists(systemPath) ? .system(path: systemPath) : nil
    }

    /// The file of the user; nil without a home.
    ///
    /// A relative `XDG_CONFIG_HOME` is ignored, as the XDG Base Directory Specification says.
    package static func userPath(_ environment: [String: String]) -> String? {
        if let folder = given("XDG_CONFIG_HOME", environment), folder.hasPrefix("/") {
            return "\(folder)/manifold/manifold.yaml"
        }
        return given("HOME", environment).map { "\($0)/.config/manifold/manifold.yaml" }
    }

    /// The file of the machine.
    package static let systemPath = "/etc/manifold/manifold.yaml"

    /// The file to read; nil when the text is at hand.
    package var path: String? {
        switch self {
        case .flag(let path), .variable(let path), .user(let path), .system(let path): path
        case .inline: nil
        }
    }

    private static func given(_ name: String, _ environment: [String: String]) -> String? {
        environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}

extension Location: CustomStringConvertible {
    /// How a log says which one won; the inline text is not repeated.
    package var description: String {
        switch self {
        case .flag(let path): "\(path) (--config)"
        case .variable(let path): "\(path) ($MANIFOLD_CONFIG)"
        case .inline: "$MANIFOLD_CONFIG_INLINE"
        case .user(let path), .system(let path): path
        }
    }

    /// The name before line and column in diagnostics.
    package var name: String { path ?? description }
}
