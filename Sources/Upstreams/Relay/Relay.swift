package import Aggregator
package import Machine
package import Signing
import Synchronization
import Wire

/// One client in lines, one server at a URL, and nothing in between: every line is posted as it came,
/// and everything that comes back is printed as it came, one line each.
///
/// What it adds is what a pipe does not have: a session, signatures, and words for what went wrong.
package final class Relay: Sendable {
    /// How long a client that does not read may keep us at the end.
    private static let grace = Duration.seconds(1)

    let settings: RelaySettings
    let client: HTTPClient
    let voice: any RelayVoice
    let filter: (any RelayFilter)?
    let time: any Timekeeper
    private let input: Input
    private let output: Output
    /// The client's own side.
    let main: RelaySide
    /// Those of a filter, by what it calls them.
    let others: [String: RelaySide]
    /// The arguments of tools that are repeated in headers.
    let parameters = RelayParameters()
    let roster = RelayRoster()
    /// Raised when the server has been greeted.
    let greeted = Signal()
    /// The one request of a serial server.
    let line = RelayTurn()
    let serial = Mutex(Serial())
    private let stopping = Signal()
    private let isStopping = Mutex(false)

    /// What is known of a server that answers each request with the next line that it has.
    struct Serial: Sendable {
        /// Whether it is one.
        var isOn = false
        /// What is posted for a line.
        var fetch = BridgeFetch()
        /// How many requests of our own it was sent.
        var requests = 0
    }

    /// A relay that has said nothing yet; `others` prove who asks where its filter says so.
    package init(
        _ settings: RelaySettings, input: Input, output: Output, client: HTTPClient,
        authorizer: (any Authorizer)?, others: [String: any Authorizer] = [:],
        voice: any RelayVoice, filter: (any RelayFilter)? = nil, time: any Timekeeper
    ) {
        self.settings = settings
        self.input = input
        self.output = output
        self.client = client
        self.voice = voice
        self.filter = filter
        self.time = time
        main = RelaySide(nil, settings.session, authorizer)
        var sides: [String: RelaySide] = [:]
        for (name, authorizer) in others {
            sides[name] = RelaySide(name, settings.session, authorizer)
        }
        self.others = sides
    }

    /// Ends it at once: nothing that is under way is answered.
    package func stop() {
        isStopping.withLock { $0 = true }
        stopping.raise()
    }

    /// Relays until the client is gone, which it shows by ending our input or closing our output.
    ///
    /// At the end of input what is under way is carried to its end.
    package func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addImmediateTask { await self.serve() }
            group.addImmediateTask { await self.output.closed() }
            group.addImmediateTask { await self.stopping.wait(after: 0) }
            group.addImmediateTask { await self.listen() }
            await group.next()
            group.cancelAll()
        }
        await takeLeave()
        await withTaskGroup(of: Void.self) { group in
            group.addImmediateTask { await self.output.finish() }
            group.addImmediateTask { await self.patience() }
            await group.next()
            group.cancelAll()
        }
    }

    /// Returns once the client has taken nothing for as long as the grace lasts.
    private func patience() async {
        var taken = output.sent
        repeat {
            await time.sleep(for: Self.grace)
            guard output.sent > taken, !isStopping.withLock({ $0 }) else { return }
            taken = output.sent
        } while !Task.isCancelled
    }

    // MARK: Lines in

    private func serve() async {
        let reader = LineReader(input, limit: settings.limit)
        await withDiscardingTaskGroup { group in
            await reader.interruptible { await read(reader, &group) }
            roster.end()
            await roster.idle()
            group.cancelAll()
        }
    }

    private func read(_ reader: LineReader, _ group: inout DiscardingTaskGroup) async {
        do throws(MachineFailure) {
            while try await reader.fill() {
                while let line = reader.next() { receive(line, in: &group) }
                await waitForRoom()
            }
            while let line = reader.next() { receive(line, in: &group) }
        } catch {
            say(.remark("Reading from the client ended: \(error.message)"))
        }
    }

    /// A client that does not read its answers is not read from either, until its end is in sight.
    private func waitForRoom() async {
        while output.isCongested, !input.hasEnded, !Task.isCancelled {
            await output.drained(until: time.now.advanced(by: .milliseconds(250)))
        }
    }

    private func receive(_ line: LineBuffer.Line, in group: inout DiscardingTaskGroup) {
        switch line {
        case .complete(let bytes):
            do throws(Rejection) {
                accept(try Parcel(bytes, limits: Limits(bytes: settings.limit)), in: &group)
            } catch {
                print(voice.refusal(error.reason, id: nil))
            }
        case .tooLong(let head, let length):
            let id = Rejection.identify(head: head).id
            print(voice.refusal("The line has \(length) bytes, which is too long.", id: id))
        }
    }

    private func accept(_ parcel: Parcel, in group: inout DiscardingTaskGroup) {
        let isSerial = serial.withLock { $0.isOn }
        let asker = roster.asker(of: parcel)
        if isSerial, asker?.reply(parcel) == true { return }
        let withdrawn = parcel.method == .cancelled ? withdraw(parcel) : nil
        // It would have to wait for the very line that it wants to do without.
        if isSerial, parcel.method == .cancelled { return }
        // The answer to a question, and the end of a call, go where those came from.
        let side = asker?.side ?? withdrawn?.side ?? main
        side.session.withLock { $0.note(parcel) }
        let exchange = roster.enter(parcel, at: time.now, as: side)
        if let id = parcel.answered.first { asker?.passes(id) }
        group.addImmediateTask {
            await self.carry(exchange)
            asker?.passed(exchange.questions)
            // The server was told first: some take a closed stream for a mishap.
            withdrawn?.hangUp()
        }
    }

    // MARK: Lines out

    /// Prints a line.
    func print(_ line: [UInt8]) {
        output.write { buffer in
            buffer += line
            buffer.append(0x0A)
        }
    }

    /// Tells what happens.
    func say(_ event: RelayEvent) { for line in voice.hear(event) { print(line) } }

    /// Waits until the client has taken enough of what was printed.
    func room() async { if output.isCongested { await output.drained() } }
}
