import Testing
import Wire

@Suite("ByteMap")
struct ByteMapTests {
    @Test("every key is found in the middle of other bytes, and no other")
    func lookUp() {
        let keys = (0..<2000).map { utf8("up\($0 % 7)__tool_\($0)") }
        let map = ByteMap(keys.enumerated().map { (key: $1, value: $0) })
        #expect(map.count == 2000)
        for (index, key) in keys.enumerated() {
            let padded = utf8("\"") + key + utf8("\",x")
            #expect(map[padded, 1..<(1 + key.count)] == index)
            #expect(map[padded, 0..<(1 + key.count)] == nil)
            #expect(map[key] == index)
            #expect(map[Array(key.dropLast())] == keys.firstIndex(of: Array(key.dropLast())))
        }
        #expect(map[[]] == nil)
    }

    @Test("of two equal keys the first counts; an empty map has nothing")
    func duplicates() {
        let map = ByteMap([
            (key: utf8("a"), value: 1), (key: utf8("a"), value: 2), (key: [], value: 3),
        ])
        #expect(map[utf8("a")] == 1)
        #expect(map[[]] == 3)
        #expect(map.count == 2)
        let empty = ByteMap<Int>([])
        #expect(empty[utf8("a")] == nil)
    }
}
