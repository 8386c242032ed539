import Aggregator
import Machine
import Wire

/// The door for those who run the emulator: what is there, and what is to go wrong.
///
/// `GET /_emulator/state`; `POST /_emulator/faults` with an object or an array of them,
/// `DELETE /_emulator/faults`.
struct Administration: Sendable {
    let faults: Faults
    let clock: ServiceClock
    let runtimes: [Runtime]
    let gateways: [Gateway]

    /// Answers a request below `/_emulator`.
    func handle(_ exchange: HTTPExchange, _ path: String) {
        switch (exchange.head.method, path) {
        case (.get, "/state"): exchange.answer(.ok, state)
        case (.post, "/faults"): add(exchange)
        case (.delete, "/faults"):
            faults.clear()
            clock.move(by: .zero)
            exchange.answer(.ok, Array("{}".utf8))
        default:
            exchange.answer(
                .notFound,
                Self.error("There are GET /_emulator/state, and POST and DELETE /_emulator/faults.")
            )
        }
    }

    // MARK: Faults

    private func add(_ exchange: HTTPExchange) {
        guard let body = try? Value(validating: exchange.body) else {
            return exchange.answer(.badRequest, Self.error("The body must be JSON."))
        }
        let wishes = body.kind == .array ? Array(body.elements) : [body]
        for wish in wishes {
            if let mistake = add(wish) {
                return exchange.answer(.badRequest, Self.error(mistake))
            }
        }
        exchange.answer(.ok, Array("{}".utf8))
    }

    /// Takes one wish; what is wrong with it, if anything.
    private func add(_ wish: Value) -> String? {
        let kind = wish["kind"]?.string ?? ""
        let target = wish["target"]?.string
        let known =
            runtimes.map(\.settings.name) + gateways.map(\.settings.name)
            + ["issuer", "identity"]
        if let target, !known.contains(target) { return "There is no target '\(target)'." }
        switch kind {
        case "skew":
            guard let seconds = wish["seconds"]?.integer, abs(seconds) <= 86_400 else {
                return "'seconds' must be a whole number within a day."
            }
            clock.move(by: .seconds(seconds))
            return nil
        case "kill":
            for runtime in runtimes where (target ?? runtime.settings.name) == runtime.settings.name
            {
                runtime.killAll()
            }
            return nil
        default: break
        }
        guard let kind = Faults.Kind(rawValue: kind) else {
            let names = Faults.Kind.allCases.map(\.rawValue) + ["skew", "kill"]
            return "'kind' must be one of: \(names.joined(separator: ", "))."
        }
        var fault = Faults.Fault(kind: kind, target: target, count: wish["count"]?.integer ?? 1)
        if let text = wish["delay"]?.string {
            guard let delay = Duration(written: text) else {
                return "'delay' must be a duration such as '2 s'."
            }
            fault.delay = delay
        }
        fault.bytes = wish["bytes"]?.integer ?? 1
        guard fault.count > 0, fault.bytes >= 0 else { return "'count' must be at least 1." }
        return faults.add(fault) ? nil : "Too many faults wait already."
    }

    // MARK: State

    private var state: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("runtimes")
        writer.beginObject()
        for runtime in runtimes {
            writer.key(runtime.settings.name)
            runtime.write(to: &writer)
        }
        writer.endObject()
        writer.key("gateways")
        writer.beginObject()
        for gateway in gateways {
            writer.key(gateway.settings.name)
            writer.beginObject()
            writer.key("sessions")
            writer.integer(gateway.sessionCount)
            writer.endObject()
        }
        writer.endObject()
        writer.key("faults")
        writer.beginArray()
        for fault in faults.all {
            writer.beginObject()
            writer.key("kind")
            writer.string(fault.kind.rawValue)
            if let target = fault.target {
                writer.key("target")
                writer.string(target)
            }
            writer.key("count")
            writer.integer(fault.count)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private static func error(_ text: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("message")
        writer.string(text)
        writer.endObject()
        return writer.bytes
    }
}
