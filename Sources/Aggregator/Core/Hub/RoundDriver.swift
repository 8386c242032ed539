import Wire

/// Asks a client with a session what an upstream of 2026-07-28 wants to know, and sends the call
/// again with the answers, until it is done (MCP 2026-07-28, "Input required").
struct RoundDriver: Sendable {
    let call: Call
    let caller: Caller
    let link: Link
    let services: Services
    /// Makes an id for a page that is to be opened.
    let page: @Sendable () -> String

    /// How often an upstream may ask.
    private static let most = 10
    /// How long the first answer that asks nothing but to come again is waited after, and how long
    /// any such.
    private static let pauses = (first: Duration.milliseconds(50), longest: Duration.seconds(1))
    /// How long a client may take over one round; people take their time, but not for ever.
    private static let patience = Duration.seconds(600)

    /// Drives the rounds that begin with this answer, but no longer than until the deadline.
    func finish(
        _ first: Message, until deadline: ContinuousClock.Instant?
    ) async throws(Failure) -> Message {
        guard let deadline else { return try await finish(first) }
        let outcome = await services.time.race(until: deadline) { await concluded(first) }
        guard let outcome else { throw late("the whole call ('timeouts.total')") }
        return try outcome.get()
    }

    private func concluded(_ first: Message) async -> Result<Message, Failure> {
        do throws(Failure) {
            return .success(try await finish(first))
        } catch {
            return .failure(error)
        }
    }

    private func finish(_ first: Message) async throws(Failure) -> Message {
        caller.repeats()
        var answer = first
        var pause = Self.pauses.first
        for _ in 0..<Self.most {
            guard let round = try round(answer) else { return answer }
            if round.questions.isEmpty {
                await services.time.sleep(for: pause)
                pause = min(pause * 2, Self.pauses.longest)
            }
            let answers = try await ask(round)
            answer = try await again(round, answers)
        }
        guard try round(answer) != nil else { return answer }
        throw failure(.refused, "Upstream '\(link.name)' asked for input \(Self.most) times.")
    }

    /// What an answer asks for; nil when it is the last one.
    private func round(_ answer: Message) throws(Failure) -> InputRound? {
        try link.demand(of: answer)
    }

    /// Sends the call again; what went before may have been carried out, whatever happens now.
    private func again(
        _ round: InputRound, _ answers: [[UInt8]]
    ) async throws(Failure) -> Message {
        guard !Task.isCancelled else { throw failure(.cancelled, "The call was cancelled.") }
        let next = try round.repeated(call, answers)
        do throws(Failure) {
            return try await link.call(next)
        } catch {
            throw error.inPart(of: link.name)
        }
    }

    // MARK: Asking

    /// What came of a question.
    private enum Reaction: Sendable {
        case answered(Int, [UInt8])
        case failed(Failure)
        case over
    }

    /// Asks everything at a time; the answers in the order of the questions.
    private func ask(_ round: InputRound) async throws(Failure) -> [[UInt8]] {
        guard !round.questions.isEmpty else { return [] }
        for question in round.questions { try admit(question) }
        let answers = await withTaskGroup(
            of: Reaction.self, returning: Result<[[UInt8]], Failure>.self
        ) { group in
            for (index, question) in round.questions.enumerated() {
                group.addImmediateTask { await put(question, index) }
            }
            group.addImmediateTask {
                await services.time.sleep(for: Self.patience)
                return Task.isCancelled ? .over : .failed(late("the client"))
            }
            var answers = Answers(count: round.questions.count)
            for await reaction in group {
                answers.take(reaction)
                // The others are withdrawn, and nobody watches the time any more.
                if answers.isOver { group.cancelAll() }
            }
            return answers.outcome
        }
        return try answers.get()
    }

    /// The answers of a round as they come in.
    private struct Answers {
        private var answers: [[UInt8]]
        private var open: Int
        private var failure: Failure?

        init(count: Int) {
            answers = Array(repeating: [], count: count)
            open = count
        }

        mutating func take(_ reaction: Reaction) {
            switch reaction {
            case .answered(let index, let json):
                answers[index] = json
                open -= 1
            case .failed(let reason): if failure == nil { failure = reason }
            case .over: break
            }
        }

        var isOver: Bool { open == 0 || failure != nil }

        var outcome: Result<[[UInt8]], Failure> {
            if let failure { .failure(failure) } else { .success(answers) }
        }
    }

    /// Refuses what the client has not said that it can do, without troubling it.
    private func admit(_ question: InputQuestion) throws(Failure) {
        let able = caller.envelope.inRounds
        guard let missing = able.missing(for: question.method, question.params) else { return }
        throw failure(.refused, "\(missing.sentence) Upstream '\(link.name)' needs it.")
    }

    private func put(_ question: InputQuestion, _ index: Int) async -> Reaction {
        link.counters.questions.add(1)
        do throws(Failure) {
            let asked = question.asking(
                try await link.owner.relayed(question.message, by: link, for: caller))
            let answer = try await caller.outlet.ask(
                asked.draft(from: link, page: page),
                origin: QuestionOrigin(progressToken: nil, notify: { _ in }))
            if let json = question.response(to: answer) { return .answered(index, json) }
            let error = answer.error.flatMap { answer.value($0)["message"]?.string } ?? ""
            return .failed(unable(question, error))
        } catch {
            guard error.code == .malformed else { return .failed(error) }
            // Only that it could be read was wrong with the answer.
            if let json = question.withoutAnswer { return .answered(index, json) }
            return .failed(unable(question, error.message))
        }
    }

    // MARK: What goes wrong

    private func unable(_ question: InputQuestion, _ reason: String) -> Failure {
        failure(
            .refused,
            "Upstream '\(link.name)' could not go on: the client could not provide "
                + "'\(question.method.name)' (\(reason.prefix(200))).")
    }

    private func late(_ what: String) -> Failure {
        failure(
            .timeout,
            "Upstream '\(link.name)' asked for input, and the time for \(what) was over before it "
                + "had what it needs.")
    }

    private func failure(_ code: Failure.Code, _ text: String) -> Failure {
        Failure(code, text, upstream: link.name, executed: .unknown)
    }
}
