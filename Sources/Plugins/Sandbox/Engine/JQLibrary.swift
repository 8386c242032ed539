import CJQ

/// libjq, loaded by the process that runs programs; any of 1.6, 1.7 and 1.8.
///
/// It is not linked: a process without rules pays neither its start-up time nor its memory.
@safe struct JQLibrary {
    #if canImport(Darwin)
    private static let names = [
        "libjq.1.dylib", "/opt/homebrew/lib/libjq.1.dylib", "/usr/local/lib/libjq.1.dylib",
    ]
    #else
    private static let names = ["libjq.so.1"]
    #endif

    /// The functions that are used.
    let functions: UnsafePointer<cjq>

    /// Loads it; nil with the loader's reason when it is not there.
    static func load() -> (library: JQLibrary?, reason: String) {
        let functions = UnsafeMutablePointer<cjq>.allocate(capacity: 1)
        unsafe functions.initialize(to: cjq())
        for name in names where unsafe cjq_load(functions, name) {
            return (unsafe JQLibrary(functions: UnsafePointer(functions)), "")
        }
        unsafe functions.deallocate()
        guard let reason = unsafe cjq_reason() else { return (nil, "it lacks a function") }
        return (nil, unsafe String(cString: reason))
    }

    /// A value read from JSON; nil when libjq does not read it.
    func parse(_ json: [UInt8]) -> JQValue? {
        guard json.count <= Int(Int32.max) else { return nil }
        let parsed = unsafe json.withUnsafeBytes { bytes in
            unsafe cjq_parse(functions, bytes.baseAddress, Int32(bytes.count))
        }
        let value = unsafe JQValue(adopting: parsed, self)
        return value.isValid ? value : nil
    }
}

/// A value of libjq's, freed with its last owner.
@safe final class JQValue {
    private let library: JQLibrary
    private let value: jv

    /// Takes over a value.
    init(adopting value: jv, _ library: JQLibrary) {
        unsafe self.value = value
        self.library = library
    }

    deinit { unsafe cjq_free(library.functions, value) }

    /// A copy for a call that takes what it is given.
    var copy: jv { unsafe cjq_copy(library.functions, value) }

    /// Whether it is a value at all.
    var isValid: Bool { unsafe cjq_is_valid(library.functions, value) }

    /// Whether it carries the message of an error.
    var isError: Bool { unsafe !isValid && cjq_has_message(library.functions, value) }

    /// The content of a string; nil when it is none.
    var text: [UInt8]? {
        guard unsafe cjq_is_string(library.functions, value) else { return nil }
        let count = unsafe Int(cjq_count(library.functions, value))
        guard let start = unsafe cjq_bytes(library.functions, value) else { return [] }
        return unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count))
    }

    /// The value as JSON on one line.
    var json: [UInt8] {
        let dumped = unsafe cjq_dump(library.functions, copy)
        return unsafe JQValue(adopting: dumped, library).text ?? []
    }

    /// The message of an error.
    var message: JQValue { unsafe JQValue(adopting: cjq_message(library.functions, copy), library) }

    /// Whether two values are equal, as programs see it.
    func equals(_ other: JQValue) -> Bool {
        unsafe cjq_equal(library.functions, value, other.value)
    }
}
