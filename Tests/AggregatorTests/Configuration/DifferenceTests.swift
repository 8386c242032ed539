import Aggregator
import Testing

@Suite struct DifferenceTests {
    @Test("a reload knows what was added, changed, removed and left alone")
    func upstreams() throws {
        let old = try configuration("a: { C }, b: { C }, c: { C }")
        let new = try configuration("d: { C }, a: { C }, c: { C, title: new }")
        let difference = Difference(from: old, to: new)
        #expect(difference.added == ["d"])
        #expect(difference.changed == ["c"])
        #expect(difference.removed == ["b"])
        #expect(difference.unchanged == ["a"])
        #expect(!difference.isReordered && difference.sections.isEmpty && !difference.isEmpty)
    }

    @Test("a kind's settings count, also when only the environment changed")
    func settings() throws {
        let text = "upstreams: { a: { stdio: { command: x, args: [\"${env:N}\"] } } }"
        let one = try read(text, environment: ["N": "1"])
        let two = try read(text, environment: ["N": "2"])
        #expect(Difference(from: one, to: two).changed == ["a"])
        #expect(Difference(from: one, to: one).isEmpty)
    }

    @Test("another order of the same upstreams is a difference")
    func order() throws {
        let old = try configuration("a: { C }, b: { C }")
        let new = try configuration("b: { C }, a: { C }")
        let difference = Difference(from: old, to: new)
        #expect(difference.isReordered && difference.unchanged == ["b", "a"])
        #expect(!difference.isEmpty)
    }

    @Test(
        "the other sections are compared each by itself",
        arguments: [
            ("server: { name: x }", .server), ("names: { maxLength: 40 }", .names),
            ("limits: { inFlight: 1 }", .limits),
            ("plugins: [ { hide: { items: [x] } } ]", .plugins),
        ] as [(String, Difference.Section)])
    func sections(text: String, section: Difference.Section) throws {
        let difference = Difference(from: Configuration(), to: try read(text))
        #expect(difference.sections == [section] && difference.added.isEmpty)
    }

    private func configuration(_ upstreams: String) throws -> Configuration {
        let common = "stdio: { command: x }"
        let entries = upstreams.split(separator: "C", omittingEmptySubsequences: false)
        return try read("upstreams: { \(entries.joined(separator: common)) }")
    }
}
