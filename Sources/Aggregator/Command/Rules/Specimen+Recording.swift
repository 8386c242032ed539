import Aggregator
import Plugins
import Wire

extension Specimen {
    /// What a recording has that a rule could be asked about, in the order in which it happened.
    static func all(in recording: Recording, for rule: JQSettings) -> [Specimen] {
        recording.exchanges.flatMap { exchange -> [Specimen] in
            let result = exchange.answer?.result.flatMap { exchange.answer?.value($0) }
            var found: [Specimen] = []
            if rule.wanted.contains(exchange.method) {
                found.append(
                    Specimen(
                        body: .call(exchange.request, answer: exchange.answer),
                        upstream: exchange.upstream))
            }
            found += exchange.notifications.filter { rule.hears($0.method) }.map {
                Specimen(body: .notice($0), upstream: exchange.upstream)
            }
            if let result { found += items(exchange.method, result, exchange.upstream) }
            return found.map { specimen in
                var specimen = specimen
                specimen.place = exchange.at
                return specimen
            }
        }
    }

    /// Whether something with this scope would have seen it.
    func isCovered(by scope: Scope) -> Bool {
        switch body {
        case .call(let request, _):
            target(of: request).map { scope.covers(request.method, $0) } ?? false
        case .notice: scope.covers(upstream: upstream)
        case .item(let item): scope.covers(item)
        }
    }
}
