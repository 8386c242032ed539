#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Public test data that cannot be part of this repository: `../shared/vectors` seen from the
/// package, or the folder that `MANIFOLD_VECTORS` names.
struct Vectors {
    /// One file of a folder.
    struct File: CustomStringConvertible, Sendable {
        let name: String
        let bytes: [UInt8]
        var description: String { name }
    }

    /// The files of a folder in order of their names; says on standard output when there are none.
    static func files(in folder: String) -> [File] {
        let path = root + "/" + folder
        let names = names(in: path).filter { !$0.hasPrefix(".") }.sorted()
        if names.isEmpty {
            print("Test data '\(folder)' was not found; the tests that need it check nothing.")
        }
        return names.map { File(name: $0, bytes: contents(of: path + "/" + $0)) }
    }

    private static var root: String {
        if let root = unsafe getenv("MANIFOLD_VECTORS") { return unsafe String(cString: root) }
        let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        return parts.dropLast(4).joined(separator: "/") + "/../shared/vectors"
    }

    private static func names(in path: String) -> [String] {
        guard let folder = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { raw in
                unsafe String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
            }
            names.append(name)
        }
        return names
    }

    private static func contents(of path: String) -> [UInt8] {
        guard let file = unsafe fopen(path, "r") else { return [] }
        defer { unsafe fclose(file) }
        var contents: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = unsafe fread(&buffer, 1, buffer.count, file), count > 0 {
            contents += buffer[..<count]
        }
        return contents
    }
}
