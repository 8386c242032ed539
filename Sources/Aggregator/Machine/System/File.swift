#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Small files, read and replaced whole.
///
/// Every call blocks for as long as the disk does.
package enum File {
    /// The whole content.
    ///
    /// Throws `.tooLarge` above `limit` bytes, `.missing`, `.denied`, and `.unusable` for a pipe that
    /// nobody writes to; `name` is what the failure calls the file instead of its path.
    package static func read(
        _ path: String, as name: String? = nil, limit: Int
    ) throws(MachineFailure) -> [UInt8] {
        let name = name ?? path
        // The open itself would wait for somebody to write to a pipe, for ever.
        let flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK
        let number = retrying { unsafe open(path, flags) }
        guard number >= 0 else {
            throw MachineFailure("Could not open '\(name)'", errno: lastError)
        }
        let file = Descriptor(number, .file)
        let isSilent = isSilentPipe(file)
        var content: [UInt8] = []
        while true {
            let chunk = try readOnce(file, name)
            guard !chunk.isEmpty || !content.isEmpty || !isSilent else { throw silence(name) }
            if chunk.isEmpty { return content }
            content += chunk
            guard content.count <= limit else {
                throw MachineFailure(
                    .tooLarge, "Could not read '\(name)': it is larger than \(limit) bytes.")
            }
        }
    }

    private static func readOnce(_ file: borrowing Descriptor, _ name: String)
        throws(MachineFailure) -> [UInt8]
    {
        var attempt = Descriptor.Attempt.moved(0)
        let chunk = unsafe [UInt8](unsafeUninitializedCapacity: 64 * 1024) { buffer, count in
            attempt = unsafe file.read(into: UnsafeMutableRawBufferPointer(buffer))
            if case .moved(let moved) = attempt { count = moved }
        }
        switch attempt {
        case .moved: return chunk
        case .wouldBlock: throw MachineFailure("Could not read '\(name)'", errno: EAGAIN)
        case .failed(let number): throw MachineFailure("Could not read '\(name)'", errno: number)
        }
    }

    /// What identifies the file's present content; nil when there is no such file.
    package static func stamp(_ path: String) -> FileStamp? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        return FileStamp(status)
    }

    /// Where a path leads, through links; itself where nothing is there.
    ///
    /// Throws for a link to what is not there: whoever wrote to it would write into the blue.
    package static func target(of path: String) throws(MachineFailure) -> String {
        if let real = unsafe realpath(path, nil) {
            defer { unsafe free(real) }
            return unsafe String(cString: real)
        }
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return path }
        throw MachineFailure(
            .unusable,
            "Could not use '\(path)': it is a link that leads nowhere. Remove it, or make what it leads "
                + "to.")
    }

    /// Who may do what with a regular file; nil when there is none at that path.
    package static func permissions(of path: String) -> UInt32? {
        var status = stat()
        guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return nil
        }
        return UInt32(status.st_mode & 0o777)
    }

    /// Removes a file; one that is not there is no failure.
    package static func remove(_ path: String) throws(MachineFailure) {
        guard unsafe unlink(path) != 0, lastError != ENOENT else { return }
        throw MachineFailure("Could not remove '\(path)'", errno: lastError)
    }
}
