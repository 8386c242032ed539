package import Wire

/// Something its owner puts between clients and upstreams.
///
/// A plugin sees only the methods of its `scope`; a call of any other method runs through a chain
/// that does not contain it. What it throws becomes an answer in the usual place.
package protocol Plugin: Sendable {
    /// The name by which configuration, errors and counters speak of it.
    var name: String { get }

    /// Which calls it wants to see; the default is none.
    var scope: Set<Method> { get }

    /// Answers a call, itself or by calling `next`; the target is the original upstream and name.
    func handle(_ call: Call, next: Next) async throws(Failure) -> Answer

    /// Edits the merged items before their names are given out; the default leaves them alone.
    func edit(_ items: inout [Item])

    /// Whether an item must not be reached although no list shows it: resources have more ways to
    /// them than their entry. The default hides nothing.
    func hides(_ kind: Item.Kind, _ upstream: String, _ original: String) -> Bool
}

extension Plugin {
    package var scope: Set<Method> { [] }

    package func handle(_ call: Call, next: Next) async throws(Failure) -> Answer {
        try await next(call)
    }

    package func edit(_ items: inout [Item]) {}

    package func hides(_ kind: Item.Kind, _ upstream: String, _ original: String) -> Bool { false }
}

/// The rest of a chain, as a plugin calls it.
package struct Next: Sendable {
    /// Passes a call on and returns what came of it.
    package typealias Step = @Sendable (Call) async throws(Failure) -> Answer

    private let step: Step

    /// The rest of a chain as a closure.
    package init(_ step: @escaping Step) { self.step = step }

    /// Passes the call on, as it is or changed.
    package func callAsFunction(_ call: Call) async throws(Failure) -> Answer {
        try await step(call)
    }
}
