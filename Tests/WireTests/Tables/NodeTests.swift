import Testing
import Wire

@Suite("Node")
struct NodeTests {
    @Test("a mapping finds its first entry, and nothing else has entries")
    func entries() {
        let mark = Mark(line: 1, column: 1)
        let one = Node(.scalar("1", isQuoted: false), at: mark)
        let two = Node(.scalar("2", isQuoted: true), at: Mark(line: 2, column: 4))
        let map = Node(
            .mapping([
                Node.Entry(key: "a", mark: mark, value: one),
                Node.Entry(key: "a", mark: mark, value: two),
            ]), at: mark)
        guard case .scalar("1", isQuoted: false)? = map["a"]?.content else {
            Issue.record("the first entry counts")
            return
        }
        #expect(map["b"] == nil && one["a"] == nil)
        #expect(two.mark == Mark(line: 2, column: 4))
    }
}
