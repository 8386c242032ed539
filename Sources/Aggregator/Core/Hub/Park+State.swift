import Wire

extension Park {
    /// Something that the upstream wants to know, and has not been told.
    struct Question {
        let number: Int
        let inquiry: Inquiry
        let asked: ContinuousClock.Instant

        /// What the client calls it.
        var key: String { "r\(number)" }
    }

    /// What a request that attends is answered with.
    enum Turn: Sendable {
        case over(Result<Answer, Failure>)
        /// The upstream wants to know something first: keys and requests.
        case asked([(key: String, request: [UInt8])])
        /// A later request attends in its place.
        case replaced
        /// The client has not come back in time.
        case expired
        case cancelled
    }

    /// What to do next for a request that attends.
    enum Step {
        case ends(Turn)
        case waits(until: ContinuousClock.Instant?)
    }

    /// What changes; read and changed under the lock.
    struct State {
        /// The request that waits for what comes next; nil while the client has to come back.
        var attendant: Caller?
        /// The id of that request, or of the last one.
        var id: [UInt8]
        /// The least severe log line that the latest request wants to see.
        var level: LogLevel?
        /// What was said while nobody attended: the latest of it.
        var held: [Draft] = []
        /// Who the upstream call is made for, while it is under way.
        var caller: Caller?
        /// What the client has not answered, in the order in which it was asked.
        var questions: [Question] = []
        var lastQuestion = 0
        /// Until when questions are put together.
        var collectsUntil: ContinuousClock.Instant?
        /// What came of the upstream call.
        var outcome: Result<Answer, Failure>?
        /// Until when an outcome is kept that the client has been given.
        var remembersUntil: ContinuousClock.Instant?
        /// When it is given up, as long as nobody attends.
        var expires: ContinuousClock.Instant?
        /// Whether it stands in the table of those that can be come back to.
        var isKept = false
        /// Given up: nothing more comes of it.
        var isOver = false

        init(attendant: Caller, id: [UInt8]) {
            self.id = id
            self.attendant = attendant
            level = attendant.envelope.logLevel
        }

        /// How many asides are held, and how long each may be.
        private static let mostHeld = (count: 64, bytes: 1024)

        /// Who hears an aside; nil if it is held until somebody does.
        mutating func hearer(of aside: Draft) -> Caller? {
            if let attendant { return attendant }
            guard !isOver, aside.message.bytes.count <= Self.mostHeld.bytes else { return nil }
            if held.count >= Self.mostHeld.count { held.removeFirst() }
            held.append(aside)
            return nil
        }

        /// What somebody hears late.
        mutating func takeHeld() -> [Draft] {
            defer { held = [] }
            return held
        }

        /// What comes next for a request; ends its attendance if that is its answer.
        ///
        /// A result does not overtake a question: who asked may still wait, where it is not certain
        /// which call it asked about.
        mutating func next(for caller: Caller, at now: ContinuousClock.Instant) -> Step {
            guard attendant === caller else { return .ends(isOver ? .expired : .replaced) }
            if let oldest = questions.first {
                if let collectsUntil, collectsUntil > now { return .waits(until: collectsUntil) }
                attendant = nil
                expires = oldest.asked.advanced(by: Park.life)
                return .ends(.asked(questions.map { ($0.key, $0.inquiry.request) }))
            }
            guard let outcome else { return .waits(until: nil) }
            attendant = nil
            remembersUntil = remembersUntil ?? now.advanced(by: Park.memory)
            expires = remembersUntil
            return .ends(.over(outcome))
        }

        /// Lets a request attend, and takes out the questions that it answers; nil if it is over.
        mutating func answer(
            _ answers: [String: Value], _ caller: Caller, id: [UInt8]
        ) throws(Failure) -> [Question]? {
            if isOver { return nil }
            let answered = questions.filter { answers[$0.key] != nil }
            for question in answered where answers[question.key]?.kind != .object {
                throw Park.malformed(question.key)
            }
            questions.removeAll { answers[$0.key] != nil }
            attendant = caller
            self.id = id
            level = caller.envelope.logLevel
            expires = nil
            return answered
        }

        /// Ends it; the questions that are left.
        mutating func close() -> [Question] {
            attendant = nil
            expires = nil
            isOver = true
            held = []
            defer { questions = [] }
            return questions
        }
    }
}
