import CCrypto
import CCurl
import Synchronization

/// libcurl, loaded and made ready by the first client that sends something.
///
/// It is not linked: a process that never speaks HTTP pays neither its start-up time nor its memory.
///
/// `@unchecked Sendable`: the table is filled before anybody sees it, and stays for ever.
@safe struct CurlLibrary: @unchecked Sendable {
    /// 7.80, the first that asks before each sending of a request (`CURLOPT_PREREQFUNCTION`), which
    /// promise 1 needs.
    private static let oldest: UInt32 = 0x07_50_00
    private static let loaded = Mutex<CurlLibrary?>(nil)

    #if canImport(Darwin)
    private static let name = "/usr/lib/libcurl.4.dylib"
    #else
    private static let name = "libcurl.so.4"
    #endif

    /// The functions that are used.
    let functions: UnsafePointer<ccurl>

    /// Loads it, if nobody has.
    ///
    /// Blocks for some milliseconds.
    static func load() throws(MachineFailure) -> CurlLibrary {
        let library = loaded.withLock { loaded in
            if loaded == nil { loaded = open() }
            return loaded
        }
        guard let library else {
            throw MachineFailure(
                .missing,
                """
                Could not load '\(name)': HTTP needs libcurl 7.80 or newer. \
                Install it (Debian: libcurl4, Fedora: libcurl).
                """,
                delivery: .notSent)
        }
        return library
    }

    /// Whether anything of it has run in this process.
    static var isLoaded: Bool { loaded.withLock { $0 != nil } }

    /// Whether connections can share a store of certificates that we made: where libcurl uses the very
    /// libcrypto that we are linked with.
    var canShareTrust: Bool { unsafe ccurl_can_use_store(functions, crypto_store_maker()) }

    /// libcurl's own words for a code.
    func reason(_ code: CURLcode) -> String {
        guard let text = unsafe ccurl_reason(functions, code) else { return "unknown" }
        return unsafe String(cString: text)
    }

    private static func open() -> CurlLibrary? {
        let functions = UnsafeMutablePointer<ccurl>.allocate(capacity: 1)
        unsafe functions.initialize(to: ccurl())
        guard unsafe ccurl_load(functions, name), unsafe ccurl_version_of(functions) >= oldest
        else {
            unsafe functions.deallocate()
            return nil
        }
        return unsafe CurlLibrary(functions: UnsafePointer(functions))
    }
}
