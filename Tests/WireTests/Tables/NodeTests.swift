import Testing
import Wire

@Suite("Node")
struct NodeTests {
    @Test("a mapping finds its first entry, and nothing else has entries")
    func entries() {
        let mark = Node.Mark(line: 1, column: 1)
        let one = Node(.scalar(.init("1", isQuoted: false)), at: mark)
        let two = Node(.scalar(.init("2", isQuoted: true)), at: .init(line: 2, column: 4))
        let map = Node(
            .mapping([
                Node.Entry(key: "a", at: mark, value: one),
                Node.Entry(key: "a", at: mark, value: two),
            ]), at: mark)
        #expect(map["a"] == one && map["b"] == nil && one["a"] == nil)
        #expect(map.entries?.count == 2 && map.items == nil && map.scalar == nil)
        #expect(one.mark < two.mark)
    }

    @Test("only a plain scalar may mean a number, a truth value or nothing")
    func meanings() {
        #expect(Node.Scalar("1", isQuoted: false).meaning == .integer(1))
        #expect(Node.Scalar("1", isQuoted: true).meaning == .string)
        #expect(Node.Scalar("yes", isQuoted: false).meaning == .string)
    }
}
