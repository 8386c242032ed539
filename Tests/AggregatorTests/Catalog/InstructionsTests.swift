import Aggregator
import TestSupport
import Testing

@Suite struct InstructionsTests {
    private func merge(_ own: String?, _ budget: Int, _ texts: [(String, String?)]) -> String? {
        InstructionsMerge(own: own, budget: budget).merge(
            texts.map { name, text in
                var listing = Listing()
                listing.instructions = text
                return CatalogBuilder.Part(
                    settings: Configuration.Upstream(
                        name: name, kind: "x", settings: ScriptedSettings(print: "")),
                    prefix: name, listing: listing)
            })
    }

    @Test("nobody's instructions are none")
    func none() {
        #expect(merge(nil, 100, []) == nil)
        #expect(merge(" \n", 100, [("one", nil), ("two", "  ")]) == nil)
    }

    @Test("every upstream's text stands under a heading that says how its tools are named")
    func headings() {
        #expect(
            merge("Own.", 1000, [("one", " Text. "), ("two", nil)])
                == "Own.\n\n## one (tools named one__…)\n\nText.")
    }

    @Test("the merged text is never longer than the budget", arguments: 0..<300)
    func budget(seed: UInt64) {
        var random = SplitMix(seed)
        let limit = random.index(400)
        let own = random.once(in: 2) ? String(repeating: "ö", count: random.index(150)) : nil
        let texts = (0..<random.index(6)).map { index in
            ("u\(index)", Optional(String(repeating: "ab é ", count: random.index(60))))
        }
        #expect((merge(own, limit, texts) ?? "").utf8.count <= limit)
    }

    @Test("what a short text leaves is there for the others")
    func sharing() {
        let long = String(repeating: "x", count: 1000)
        let merged = merge(nil, 1000, [("one", "short"), ("two", long)]) ?? ""
        #expect(merged.utf8.count > 900)
        #expect(merged.hasSuffix("x …"))
    }
}
