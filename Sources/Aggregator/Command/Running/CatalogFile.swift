import Aggregator
import Machine

/// The warm catalog on disk: one private file per configuration in the user's cache folder.
struct CatalogFile: CatalogStorage {
    private let path: String?
    private let offLoop: OffLoop
    private let log: Log

    /// The largest catalog that is read back.
    private static let limit = 64 << 20

    /// The file that belongs to the configuration at a location.
    init(_ location: Location, _ environment: Environment, _ offLoop: OffLoop, _ log: Log) {
        self.offLoop = offLoop
        self.log = log
        let name = "catalog-\(Self.fingerprint(location.identity)).json"
        path = PrivateFolders.cache(environment).map { "\($0)/\(name)" }
    }

    func load() -> [UInt8]? {
        guard let path else { return nil }
        return try? File.read(path, limit: Self.limit)
    }

    func save(_ bytes: [UInt8]) async {
        guard let path, let slash = path.lastIndex(of: "/") else { return }
        let folder = String(path[..<slash])
        do {
            try await offLoop.run { () throws(MachineFailure) in
                try File.makePrivateFolder(folder)
                try File.replace(path, with: bytes)
            }
        } catch {
            log(.warning, "Could not keep the catalog for the next start: \(error)")
        }
    }

    /// FNV-1a: tells files of different configurations apart, nothing more.
    private static func fingerprint(_ text: String) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return String(hash, radix: 16)
    }
}

extension Location {
    /// What makes two configurations the same one; an inline text has no other name than itself.
    fileprivate var identity: String {
        if case .inline(let text) = self { return "inline:\(text)" }
        return path.map(PathText.absolute) ?? ""
    }
}

/// The folders in which the product keeps files; all of them private to the user.
enum PrivateFolders {
    /// `$XDG_CACHE_HOME/manifold`, or the same under `~/.cache`; nil without a home.
    static func cache(_ environment: Environment) -> String? {
        if let folder = environment["XDG_CACHE_HOME"], folder.hasPrefix("/") {
            return "\(folder)/manifold"
        }
        return environment["HOME"].map { "\($0)/.cache/manifold" }
    }

    /// Why nobody can ask or be asked where there is no folder for sockets.
    static let noSockets =
        "there is no folder for sockets. Set HOME, or XDG_RUNTIME_DIR to an absolute path."

    /// Where this process can be asked for its status.
    static func sockets(_ environment: Environment) -> String? {
        allSockets(environment).first
    }

    /// Everywhere that processes of this user can be asked for theirs: a client that starts us may
    /// lack the `XDG_RUNTIME_DIR` that a terminal has.
    static func allSockets(_ environment: Environment) -> [String] {
        var folders: [String] = []
        if let folder = environment["XDG_RUNTIME_DIR"], folder.hasPrefix("/") {
            folders.append("\(folder)/manifold")
        }
        if let folder = cache(environment) { folders.append("\(folder)/run") }
        return folders
    }
}
