import Wire

@testable import Fronts

/// A correspondence, and its effects in words.
struct Desk {
    var state = Correspondence()

    static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    init(isDuplex: Bool = false) { state.isDuplex = isDuplex }

    mutating func begin(_ number: Int, id: String = "1", events: Bool = false) -> [String] {
        words(
            state.begin(
                number, id: Self.bytes(id), on: number, takesEvents: events))
    }

    mutating func answer(_ errand: Int, _ text: String) -> [String] {
        words(state.answer(errand, Self.bytes(text)))
    }

    mutating func tell(_ text: String, about errand: Int? = nil) -> [String] {
        words(state.tell(Self.bytes(text), about: errand))
    }

    mutating func ask(_ question: Int, _ text: String) -> [String] {
        words(state.ask(question, Self.bytes(text)))
    }

    mutating func withdraw(_ question: Int) -> [String] {
        words(state.withdraw(question, Self.bytes("never mind \(question)")))
    }

    mutating func reply(_ question: Int, on exchange: Int, events: Bool = false) -> [String] {
        switch state.reply(to: question, on: exchange, takesEvents: events) {
        case .unknown: ["unknown"]
        case .taken: ["taken"]
        case .inPlace(let effects): ["in place"] + words(effects)
        }
    }

    mutating func collect(events: Bool) -> [String] {
        state.collect(takesEvents: events).map { String(decoding: $0, as: UTF8.self) }
    }

    func words(_ effects: [Correspondence.Effect]) -> [String] {
        effects.map { effect in
            switch effect {
            case .say(let exchange, let bytes):
                "\(exchange) + \(String(decoding: bytes, as: UTF8.self))"
            case .finish(let exchange, let bytes):
                "\(exchange) = \(String(decoding: bytes, as: UTF8.self))"
            case .cancel(let errand): "cancel \(errand)"
            }
        }
    }
}
