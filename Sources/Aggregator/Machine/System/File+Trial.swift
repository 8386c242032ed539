#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Whether files can be used later on: found out without making, opening or changing one.
extension File {
    /// Throws unless lines can be appended to a file, or it can be made.
    package static func tryAppending(to path: String) throws(MachineFailure) {
        guard let status = try status(path) else { return try tryMaking(path) }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            throw MachineFailure("Could not open '\(path)'", errno: EISDIR)
        }
        guard unsafe access(path, W_OK) == 0 else {
            throw MachineFailure("Could not open '\(path)'", errno: lastError)
        }
    }

    /// The same of a file that is to be ours alone, and begins with `mark` where it has anything.
    package static func tryContinuing(_ path: String, mark: [UInt8]) throws(MachineFailure) {
        try tryAppending(to: path)
        guard let status = try status(path) else { return }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .isNoFile(path) }
        guard status.st_size == 0 || begins(path, with: mark) else { throw .isForeign(path) }
    }

    /// Throws unless a file can be put in the place of this one, or can be made.
    package static func tryReplacing(_ path: String) throws(MachineFailure) {
        if let status = try status(path), status.st_mode & S_IFMT == S_IFDIR {
            throw MachineFailure("Could not write '\(path)'", errno: EISDIR)
        }
        try tryMaking(path)
    }

    /// Throws unless a private folder is there, or can be made with the ones above it.
    package static func tryPrivateFolder(_ path: String) throws(MachineFailure) {
        if stamp(path) != nil { return try checkPrivateFolder(path) }
        var above = folder(of: path)
        while above != "/", above != ".", stamp(above) == nil { above = folder(of: above) }
        try tryWriting(in: above)
    }

    /// Whether a file begins with these bytes.
    static func begins(_ path: String, with mark: [UInt8]) -> Bool {
        let number = retrying { unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        guard number >= 0 else { return false }
        defer { close(number) }
        var found = [UInt8](repeating: 0, count: mark.count)
        let count = unsafe pread(number, &found, found.count, 0)
        return count == mark.count && found == mark
    }

    private static func tryMaking(_ path: String) throws(MachineFailure) {
        try tryWriting(in: folder(of: path))
    }

    private static func tryWriting(in folder: String) throws(MachineFailure) {
        let attempt = "Could not write in the folder '\(folder)'"
        guard let status = try status(folder) else {
            throw MachineFailure(attempt, errno: ENOENT)
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw MachineFailure(attempt, errno: ENOTDIR)
        }
        guard unsafe access(folder, W_OK | X_OK) == 0 else {
            throw MachineFailure(attempt, errno: lastError)
        }
    }

    /// What is at a path; nil where there is nothing.
    private static func status(_ path: String) throws(MachineFailure) -> stat? {
        var status = stat()
        guard unsafe stat(path, &status) != 0 else { return status }
        guard lastError == ENOENT else {
            throw MachineFailure("Could not open '\(path)'", errno: lastError)
        }
        return nil
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

extension MachineFailure {
    /// What stands in the way of a file that is ours alone.
    static func isNoFile(_ path: String) -> Self {
        Self(.system, "Could not write to '\(path)': it is no regular file. Name another one.")
    }

    static func isForeign(_ path: String) -> Self {
        Self(
            .system,
            "Could not write to '\(path)': it holds something else. Name another file, or remove it."
        )
    }
}
