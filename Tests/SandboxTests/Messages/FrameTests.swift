import Testing

@testable import Sandbox

@Suite struct FrameTests {
    private func frame(_ content: String) -> [UInt8] {
        var writer = FrameWriter()
        writer.rest(content.utf8)
        return writer.finish()
    }

    @Test("frames come out as they went in, however they are cut")
    func cut() throws {
        let contents = ["", "a", "two words", String(repeating: "x", count: 300)]
        let stream = contents.flatMap(frame)
        for step in 1...stream.count {
            var cutter = FrameCutter(limit: 1000)
            var found: [[UInt8]] = []
            for start in stride(from: 0, to: stream.count, by: step) {
                cutter.bytes += stream[start..<min(start + step, stream.count)]
                while let frame = try cutter.next() { found.append(frame) }
            }
            #expect(found == contents.map { Array($0.utf8) })
            #expect(cutter.bytes.isEmpty)
        }
    }

    @Test("a frame that is cut off at any offset does not come out")
    func truncated() throws {
        let whole = frame("something")
        for count in 0..<whole.count {
            var cutter = FrameCutter(limit: 1000)
            cutter.bytes += whole.prefix(count)
            #expect(try cutter.next() == nil)
        }
    }

    @Test("a frame over the limit is refused before it has arrived")
    func tooLong() {
        var cutter = FrameCutter(limit: 8)
        cutter.bytes += frame("nine bytes").prefix(4)
        #expect(throws: FrameCutter.Fault(length: 10)) { try cutter.next() }
    }
}
