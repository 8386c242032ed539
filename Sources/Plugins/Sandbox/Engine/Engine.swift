import Wire

/// Runs compiled rules over documents: the whole of what a worker does.
final class Engine {
    private let library: JQLibrary
    private let machine: JQMachine
    private let programs: [Program]
    /// Whether numbers that are only passed on keep their digits, as from libjq 1.7 on.
    private let keepsDigits: Bool
    /// The context is often the same for rules one after another.
    private var lastContext: (json: [UInt8], value: JQValue)?
    /// What may be said of the errors of a rule, once it has had one.
    private var errors: [UInt32: ErrorText] = [:]

    /// Compiles the rules; what it throws says which are none.
    init(_ programs: [Program], _ library: JQLibrary) throws(EngineFault) {
        self.library = library
        self.programs = programs
        keepsDigits = Self.keepsDigits(library)
        do throws(JQComplaints) {
            machine = try JQMachine.compile(ProgramText.combined(programs), library)
        } catch {
            throw EngineFault(refusals: Self.refusals(programs, library, error))
        }
        warmUp()
    }

    /// Which libjq this is, as far as it shows.
    var name: String { keepsDigits ? "libjq 1.7 or newer" : "libjq 1.6" }

    /// Answers one question.
    func answer(_ question: Question) -> Finding {
        guard question.rule < programs.count,
            let document = try? Value(validating: question.document),
            let context = context(question.context)
        else { return .failed("the question is malformed") }
        guard question.looksInside, let inner = Self.inside(document) else {
            return run(question, context, document)
        }
        let finding = run(question, context, inner)
        guard case .changed(let json) = finding else { return finding }
        return .changed(JSONWriter.quoted(String(decoding: json, as: UTF8.self)))
    }

    private func run(_ question: Question, _ context: JQValue, _ document: Value) -> Finding {
        let loss = Loss(in: document)
        if let reason = loss.reason { return .lossy(reason) }
        if !keepsDigits, !loss.numbers.isEmpty {
            return .lossy("a number in it has more digits than libjq 1.6 keeps")
        }
        guard let input = library.parse(document.copy()) else {
            return .lossy("libjq does not read it")
        }
        switch machine.run(rule: question.rule, context: context, document: input) {
        case .empty: return .empty
        case .many: return .many
        case .failed(let message): return .failed(words(message, question))
        case .halted: return .halted
        case .value(let output):
            if output.equals(input) { return .unchanged }
            return changed(output.json, loss)
        }
    }

    /// What is said of an error that a program raised.
    private func words(_ message: JQValue, _ question: Question) -> String {
        guard let text = message.text else {
            let words = "it raised an error that is no text"
            return question.showsValues ? "\(words): \(ErrorText.short(message.json))" : words
        }
        guard !question.showsValues else { return ErrorText.short(text) }
        let error = errors[question.rule] ?? ErrorText(programs[Int(question.rule)])
        errors[question.rule] = error
        return error.shown(text)
    }

    /// A changed document, if it is one: what comes from outside has to be well formed.
    private func changed(_ json: [UInt8], _ loss: Loss) -> Finding {
        guard let value = try? Value(validating: json) else {
            return .failed("its output is no JSON")
        }
        guard !loss.isSpread(to: value) else {
            return .lossy("the rule calculates with a number of more digits than libjq keeps")
        }
        return .changed(json)
    }

    private func context(_ json: [UInt8]) -> JQValue? {
        if let last = lastContext, last.json == json { return last.value }
        guard let value = library.parse(json.isEmpty ? Array("null".utf8) : json) else {
            return nil
        }
        lastContext = (json, value)
        return value
    }

    /// The object or array that is written in a text; nil when it holds something else.
    private static func inside(_ document: Value) -> Value? {
        guard let text = document.text,
            let first = text.first(where: { !" \t\r\n".utf8.contains($0) }),
            first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
        else { return nil }
        return try? Value(validating: text)
    }

    private static func keepsDigits(_ library: JQLibrary) -> Bool {
        let long = Array("100000000000000000000000000000000000001".utf8)
        return library.parse(long)?.json == long
    }

    /// Tries each rule alone, because only then its mistakes have its own lines.
    private static func refusals(
        _ programs: [Program], _ library: JQLibrary, _ complaints: JQComplaints
    ) -> [Report.Refusal] {
        var found: [Report.Refusal] = []
        for (index, program) in programs.enumerated() {
            let parts: [(Report.Refusal.Part, String?)] = [
                (.condition, program.condition), (.program, program.text),
            ]
            for (part, text) in parts {
                guard let text else { continue }
                do throws(JQComplaints) {
                    _ = try JQMachine.compile(ProgramText.alone(text), library)
                } catch {
                    found.append(
                        Complaint.refusal(
                            of: index, in: part, error.lines, linesBefore: ProgramText.linesBefore))
                }
            }
        }
        guard found.isEmpty else { return found }
        return [Complaint.refusal(of: 0, complaints.lines, linesBefore: Int.max / 2)]
    }

    private func warmUp() {
        guard let null = library.parse(Array("null".utf8)) else { return }
        _ = machine.run(rule: ProgramText.warmUp, context: null, document: null)
    }
}

/// Why there is no engine for a list of programs.
struct EngineFault: Error {
    let refusals: [Report.Refusal]
}
