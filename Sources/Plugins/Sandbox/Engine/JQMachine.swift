import CJQ

/// A compiled program of libjq's, which runs over one input at a time.
@safe final class JQMachine {
    private let library: JQLibrary
    private let state: OpaquePointer

    private init(_ library: JQLibrary, _ state: OpaquePointer) {
        self.library = library
        unsafe self.state = state
    }

    deinit { unsafe cjq_drop(library.functions, state) }

    /// Compiles a program; what it throws are libjq's own complaints.
    static func compile(
        _ program: String, _ library: JQLibrary
    ) throws(JQComplaints) -> JQMachine {
        guard let state = unsafe cjq_make(library.functions) else {
            throw JQComplaints(lines: ["there is no memory for a program"])
        }
        let machine = unsafe JQMachine(library, state)
        let listener = Listener(library)
        unsafe cjq_on_error(
            library.functions, state,
            { context, message in unsafe Listener.hear(context, message) },
            Unmanaged.passUnretained(listener).toOpaque())
        let isCompiled = unsafe cjq_compile(library.functions, state, program)
        unsafe cjq_on_error(library.functions, state, { _, _ in }, nil)
        unsafe cjq_isolate(library.functions, state)
        guard isCompiled else { throw JQComplaints(lines: listener.lines) }
        return machine
    }

    /// Runs the program and takes at most two of its outputs.
    func run(rule: UInt32, context: JQValue, document: JQValue) -> Outcome {
        let input = unsafe cjq_input(
            library.functions, Int32(rule), context.copy, document.copy)
        unsafe cjq_start(library.functions, state, input)
        let first = next()
        if isHalted { return .halted }
        // What the program still holds on to is let go.
        defer {
            if !isHalted { unsafe cjq_start(library.functions, state, JQMachine.nothing(library)) }
        }
        guard first.isValid else { return first.isError ? .failed(first.message) : .empty }
        let second = next()
        if isHalted { return .halted }
        if second.isValid { return .many }
        return second.isError ? .failed(second.message) : .value(first)
    }

    /// After this, libjq 1.6 spoils its own memory when it is started again.
    private var isHalted: Bool { unsafe cjq_halted(library.functions, state) }

    /// What a run comes to.
    enum Outcome {
        /// The program stopped the machine, which is not to be used again.
        case halted
        case value(JQValue)
        case empty
        case many
        /// The program raised an error with this message, which may repeat any value.
        case failed(JQValue)
    }

    private func next() -> JQValue {
        unsafe JQValue(adopting: cjq_next(library.functions, state), library)
    }

    private static func nothing(_ library: JQLibrary) -> jv {
        unsafe library.functions.pointee.jv_array()
    }
}

/// What libjq says about a program that it does not compile.
struct JQComplaints: Error {
    let lines: [String]
}

/// Hears libjq's complaints while it compiles.
private final class Listener {
    private let library: JQLibrary
    private(set) var lines: [String] = []

    init(_ library: JQLibrary) { self.library = library }

    static func hear(_ context: UnsafeMutableRawPointer?, _ message: jv) {
        guard let context = unsafe context else { return }
        let listener = unsafe Unmanaged<Listener>.fromOpaque(context).takeUnretainedValue()
        let text = unsafe JQValue(adopting: message, listener.library).text ?? []
        // A program with many mistakes is told of the first ones.
        guard listener.lines.count < 16 else { return }
        listener.lines.append(String(decoding: text, as: UTF8.self))
    }
}
