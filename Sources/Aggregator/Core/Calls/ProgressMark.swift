/// How far a client has been told that its call is, over all the rounds that the call takes.
///
/// To the client it is one call, whose progress must not go back (MCP, "Progress"); an upstream may
/// count from the start again with each round.
struct ProgressMark: Sendable {
    private var highest = -Double.infinity
    /// Whether the call has been sent again with answers.
    var isRepeated = false

    /// Whether the client may be told of this progress; what it is told in the first round is for
    /// the upstream to answer for.
    mutating func admits(_ progress: Double) -> Bool {
        guard progress > highest else { return !isRepeated }
        highest = progress
        return true
    }
}
