package import Machine

/// The files that credentials are kept in; tests keep them in memory.
package struct FileAccess: Sendable {
    /// What changes when a file does; nil when there is none.
    let stamp: @Sendable (String) -> FileStamp?
    /// The whole content.
    let read: @Sendable (String) throws(MachineFailure) -> [UInt8]
    /// Puts a private file in the place of another at once.
    let write: @Sendable (String, [UInt8]) throws(MachineFailure) -> Void

    /// Access by these closures.
    package init(
        stamp: @escaping @Sendable (String) -> FileStamp?,
        read: @escaping @Sendable (String) throws(MachineFailure) -> [UInt8],
        write: @escaping @Sendable (String, [UInt8]) throws(MachineFailure) -> Void
    ) {
        self.stamp = stamp
        self.read = read
        self.write = write
    }

    /// The files of this machine, up to 4 MiB each.
    package static let machine = FileAccess(
        stamp: { File.stamp($0) },
        read: { (path) throws(MachineFailure) in try File.read(path, limit: 4 << 20) },
        write: { (path, bytes) throws(MachineFailure) in try File.replace(path, with: bytes) })
}
