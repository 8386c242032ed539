import Machine

/// What commands do with paths.
enum PathText {
    /// The path from the root, `.` and `..` left as they are but for a leading `./`.
    static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let folder = Environment.currentDirectory else { return path }
        let rest = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
        return folder == "/" ? "/\(rest)" : "\(folder)/\(rest)"
    }

    /// The folder that a path is in.
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Writes a file that must not be there yet, and makes its folder if that is missing; see
    /// `File.replace` for `mode`.
    static func create(
        _ path: String, _ bytes: [UInt8], mode: UInt32? = 0o600
    ) throws(MachineFailure) {
        guard File.stamp(path) == nil else {
            throw MachineFailure(
                .occupied, "Could not write '\(path)': it exists and is left as it is.")
        }
        let folder = folder(of: path)
        if File.stamp(folder) == nil { try File.makePrivateFolder(folder) }
        try File.replace(path, with: bytes, mode: mode)
    }

    /// How many files are kept beside one at most.
    private static let mostKept = 99

    /// Keeps what a file held as `.bak`, or as `.bak.2` and so on where that holds something else:
    /// the first one is what the owner wrote, and not to be lost by a second run.
    static func keep(
        _ bytes: [UInt8], beside path: String, mode: UInt32?
    ) throws(MachineFailure) -> String {
        for number in 1...mostKept {
            let name = number == 1 ? "\(path).bak" : "\(path).bak.\(number)"
            guard File.stamp(name) != nil else {
                try File.replace(name, with: bytes, mode: mode)
                return name
            }
            if (try? File.read(name, limit: bytes.count)) == bytes { return name }
        }
        throw MachineFailure(
            .occupied,
            "Could not keep what '\(path)' holds: there are \(mostKept) files '\(path).bak' and "
                + "so on. Remove those that you do not need.")
    }
}
