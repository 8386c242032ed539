import Aggregator
import Machine
import Synchronization
import Wire

/// What comes back: one text, or a stream of events, each printed as soon as it is whole.
extension Relay {
    /// How long a stream is read on after the answer, so that its connection can be used again.
    private static let afterwards = Duration.seconds(1)

    /// Reads an answer to its end.
    func read(_ accepted: Accepted, _ exchange: RelayExchange, mayRepair: Bool) async -> Outcome {
        let response = accepted.response
        let type = (response.fields["content-type"] ?? "").lowercased()
        if !type.hasPrefix("application/json"), type.contains("text/event-stream") {
            return await readEvents(response, exchange, mayRepair: mayRepair)
        }
        let body: [UInt8]
        do throws(MachineFailure) {
            body = try await accepted.whole(limit: settings.limit)
        } catch {
            return .trouble(.unreadable(clause(error)))
        }
        return await take(body, exchange, mayRepair: mayRepair)
    }

    private func take(_ body: [UInt8], _ exchange: RelayExchange, mayRepair: Bool) async -> Outcome
    {
        guard body.contains(where: { $0 > 0x20 }) else {
            return exchange.isOpen ? .trouble(.empty) : .over
        }
        let parcel: Parcel
        do throws(Rejection) {
            parcel = try Parcel(body, limits: Limits(bytes: settings.limit))
        } catch {
            return .trouble(.unreadable("it is no JSON: \(error.reason)"))
        }
        await room()
        if let loss = hear(parcel, exchange, mayRepair: mayRepair) { return .forgotten(loss) }
        guard exchange.isOpen else { return .over }
        // Who answers a part of a batch has read the whole of it.
        guard settings.mayBeSerial, exchange.parcel.kind == .request else {
            return .trouble(.cut("it is no answer to the request"))
        }
        return await pump(exchange)
    }

    // MARK: Streams

    private func readEvents(
        _ response: HTTPClientResponse, _ exchange: RelayExchange, mayRepair: Bool
    ) async -> Outcome {
        let isAnswer = exchange.isOpen
        var parser = EventParser(limits: EventLimits(bytes: settings.limit))
        do throws(RelayTrouble) {
            while let piece = try await next(response) {
                for parcel in try parcels(in: piece, &parser) {
                    await room()
                    if let loss = hear(parcel, exchange, mayRepair: mayRepair) {
                        return .forgotten(loss)
                    }
                }
                if isAnswer, !exchange.isOpen {
                    await readOn(response, exchange, parser)
                    return .over
                }
            }
            // What the end of a stream leaves unfinished is printed all the same.
            for parcel in try parcels(in: [0x0A, 0x0A], &parser) {
                if let loss = hear(parcel, exchange, mayRepair: mayRepair) {
                    return .forgotten(loss)
                }
            }
        } catch {
            return exchange.isOpen ? .trouble(error) : .over
        }
        if await isAnsweredElsewhere(exchange) { return .over }
        return .trouble(.cut("the stream of events ended without it"))
    }

    /// Waits for an answer that comes with the client's word to a question: some bridges end a stream
    /// with the question, and answer whoever brings the reply.
    private func isAnsweredElsewhere(_ exchange: RelayExchange) async -> Bool {
        while settings.mayBeSerial, exchange.isOpen, !Task.isCancelled {
            let version = exchange.changed.version
            guard exchange.mayBeAnswered(roster.hasEnded) else { break }
            await exchange.changed.wait(after: version)
        }
        return !exchange.isOpen
    }

    private func next(
        _ response: HTTPClientResponse
    ) async throws(RelayTrouble) -> [UInt8]? {
        do throws(MachineFailure) {
            return try await response.next()
        } catch {
            throw .cut(clause(error))
        }
    }

    /// The messages of the events that are whole now; what is no JSON is left out.
    func parcels(in piece: [UInt8], _ parser: inout EventParser) throws(RelayTrouble) -> [Parcel] {
        var found: [Parcel] = []
        var at = 0
        do throws(EventFault) {
            while let event = try parser.next(piece.span, from: &at) {
                guard !event.isPriming else { continue }
                do throws(Rejection) {
                    found.append(
                        try Parcel(event.data, limits: Limits(bytes: settings.limit)))
                } catch {
                    say(.remark("An event of the server is no JSON: \(error.reason)"))
                }
            }
        } catch {
            throw .unreadable(error.sentence)
        }
        return found
    }

    private func readOn(
        _ response: HTTPClientResponse, _ exchange: RelayExchange, _ parser: EventParser
    ) async {
        await withTaskGroup(of: Void.self) { group in
            group.addImmediateTask {
                var parser = parser
                while let piece = try? await response.next() {
                    let parcels = (try? self.parcels(in: piece, &parser)) ?? []
                    for parcel in parcels { _ = self.hear(parcel, exchange, mayRepair: false) }
                }
            }
            group.addImmediateTask { await self.time.sleep(for: Self.afterwards) }
            await group.next()
            group.cancelAll()
        }
    }

    /// A sentence as the end of another one.
    func clause(_ failure: MachineFailure) -> String {
        failure.clause
    }

    // MARK: Messages

    /// Prints what the server says; a refusal that a greeting may mend is handed back instead.
    func hear(_ parcel: Parcel, _ exchange: RelayExchange?, mayRepair: Bool) -> Loss? {
        if let message = parcel.message, !serial.withLock({ $0.fetch.admits(message) }) {
            return nil
        }
        if parcel.kind == .request, let id = parcel.asked.first { exchange?.asked(id) }
        guard parcel.kind == .response || !parcel.answered.isEmpty else {
            print(parcel.line)
            return nil
        }
        let answer = exchange.flatMap { own(parcel, $0) } ?? parcel
        if mayRepair, let exchange, isUngreeted(answer, exchange) {
            return Loss(status: nil, answer: answer, trouble: nil)
        }
        show(answer)
        return nil
    }

    /// Prints an answer, if anybody waits for it.
    func show(_ answer: Parcel) {
        let owners = answer.answered.compactMap { roster.settle($0, with: answer) }
        guard let owner = owners.first else {
            return say(.remark("An answer came that nobody waits for."))
        }
        switch owner.parcel.method {
        case .initialize: owner.side.session.withLock { $0.greeted(answer) }
        case .toolsList: parameters.learn(from: answer)
        default: break
        }
        guard !owner.isOwn else { return }
        print(filter?.incoming(answer, answering: owner.parcel) ?? answer.line)
    }
}
