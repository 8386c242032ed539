#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

extension File {
    /// Puts a file in the place of another at once: a reader sees the old content or the new.
    ///
    /// `mode` are its permissions, private by default; nil for those that the umask leaves. Nothing
    /// waits for the disk: after a power cut either content may be found.
    package static func replace(_ path: String, with bytes: [UInt8], mode: UInt32? = 0o600)
        throws(MachineFailure)
    {
        let temporary = "\(path).\(getpid()).\(UInt32.random(in: 0...UInt32.max))"
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC
        let number = retrying { unsafe open(temporary, flags, mode_t(mode ?? 0o666)) }
        guard number >= 0 else {
            // Under its own name: the other one is nobody's business.
            throw MachineFailure("Could not create '\(path)'", errno: lastError)
        }
        // The umask may have taken permissions away that were asked for.
        if let mode { _ = fchmod(number, mode_t(mode)) }
        var error = writeAll(bytes, to: Descriptor(number, .file))
        if error == 0, unsafe rename(temporary, path) != 0 { error = lastError }
        guard error != 0 else { return }
        _ = unsafe unlink(temporary)
        throw MachineFailure("Could not write '\(path)'", errno: error)
    }

    /// Writes everything and closes; returns an error number, 0 when all is well.
    private static func writeAll(_ bytes: [UInt8], to file: consuming Descriptor) -> Int32 {
        unsafe bytes.withUnsafeBytes { all in
            var done = 0
            while done < all.count {
                let rest = unsafe UnsafeRawBufferPointer(rebasing: all[done...])
                switch unsafe file.write(rest) {
                case .moved(let count): done += count
                case .wouldBlock: return EAGAIN
                case .failed(let number): return number
                }
            }
            return 0
        }
    }

    /// Makes a folder only we can enter (0700), and the ones above it.
    ///
    /// One that exists must be ours, no link, and closed to everybody else.
    package static func makePrivateFolder(_ path: String) throws(MachineFailure) {
        try makeParents(of: path)
        if unsafe mkdir(path, 0o700) != 0, lastError != EEXIST {
            throw MachineFailure("Could not make the folder '\(path)'", errno: lastError)
        }
        try checkPrivateFolder(path)
    }

    /// Throws unless a folder is ours, no link, and closed to everybody else.
    static func checkPrivateFolder(_ path: String) throws(MachineFailure) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else {
            throw MachineFailure("Could not look at '\(path)'", errno: lastError)
        }
        guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid(),
            status.st_mode & 0o077 == 0
        else {
            throw MachineFailure(
                .denied,
                "Could not use the folder '\(path)': it must be a folder of ours, with mode 0700.",
                errno: EPERM)
        }
    }

    private static func makeParents(of path: String) throws(MachineFailure) {
        for index in path.utf8.indices.dropFirst() where path.utf8[index] == UInt8(ascii: "/") {
            let parent = String(path[..<index])
            guard unsafe mkdir(parent, 0o700) != 0 else { continue }
            let error = lastError
            // A folder that may not be written in says so, also of what is in it already.
            if error != EEXIST, stamp(parent) == nil {
                throw MachineFailure("Could not make the folder '\(parent)'", errno: error)
            }
        }
    }
}
