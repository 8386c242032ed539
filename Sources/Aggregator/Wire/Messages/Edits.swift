/// What a draft changes, kept apart so that a draft is two words and an unchanged one costs nothing.
///
/// `@unchecked Sendable`: changed only by a draft that holds the only reference to it.
final class Edits: @unchecked Sendable {
    private var near = InlineArray<4, Splice>(repeating: Splice())
    private var far: [Splice] = []
    private(set) var count = 0
    var patch = Patch()

    init() {}

    /// A copy for a draft that shares its edits with another one.
    init(copying other: Edits) {
        near = other.near
        far = other.far
        count = other.count
        patch = other.patch
    }

    /// The splices in the order of their places.
    private(set) subscript(_ index: Int) -> Splice {
        get { index < 4 ? near[index] : far[index - 4] }
        set {
            if index < 4 {
                near[index] = newValue
            } else if index - 4 < far.count {
                far[index - 4] = newValue
            } else {
                far.append(newValue)
            }
        }
    }

    /// Puts what `fill` adds to the patch in the place of an extent.
    func add(_ extent: Extent, _ fill: (inout Patch) -> Void) {
        let start = patch.count
        fill(&patch)
        insert(
            Splice(
                lower: extent.lower, upper: extent.upper, from: UInt32(start),
                to: UInt32(patch.count)))
    }

    /// Adds a splice in its place among the others.
    private func insert(_ new: Splice) {
        var index = count
        while index > 0, !self[index - 1].precedes(new) {
            self[index] = self[index - 1]
            index -= 1
        }
        self[index] = new
        count += 1
        precondition(
            (index == 0 || self[index - 1].upper <= new.lower)
                && (index + 1 == count || new.upper <= self[index + 1].lower),
            "Two splices of one message overlap.")
    }
}

/// One change: the bytes from `lower` to `upper` give way to those from `from` to `to` of the patch.
struct Splice: Sendable {
    var lower: UInt32 = 0
    var upper: UInt32 = 0
    var from: UInt32 = 0
    var to: UInt32 = 0

    /// Whether it stands before another one.
    ///
    /// Insertions at one place keep the order they came in, and stand before what replaces the
    /// bytes behind them.
    func precedes(_ other: Splice) -> Bool {
        (lower, upper) <= (other.lower, other.upper)
    }
}
