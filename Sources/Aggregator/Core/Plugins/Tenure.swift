/// The time in which plugins may be asked something: chains hold it while they are in force, and every
/// call holds the chain that it is in.
///
/// It ends by itself when nobody holds it any more, and costs a call nothing.
final class Tenure: Sendable {
    /// Raised once, at its end.
    let end = Signal()

    deinit { end.raise() }
}
