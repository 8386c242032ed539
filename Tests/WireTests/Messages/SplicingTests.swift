import Testing
import Wire

@Suite("Splicing")
struct SplicingTests {
    @Test(
        "in 100,000 random messages, splicing id, name and token changes exactly those bytes",
        arguments: 0..<20)
    func random(seed: Int) throws {
        var generator = Generator(seed: seed)
        var output: [UInt8] = []
        for round in 0..<5000 {
            generator.make()
            let message = try Message(scanning: generator.source)
            let found = [message.id?.range, message.name?.range, message.progressToken?.range]
            guard found == [generator.id, generator.name, generator.token],
                let id = message.id, let name = message.name, let token = message.progressToken
            else {
                Issue.record("seed \(seed), round \(round): \(text(generator.source))")
                return
            }
            var draft = Draft(message)
            draft.replace(name, with: utf8("\"new\""))
            draft.replace(token, withInteger: -1)
            draft.replace(id, withInteger: 4711)
            output.removeAll(keepingCapacity: true)
            draft.write(into: &output)
            guard output == generator.expected, round % 50 != 0 || Oracle.accepts(output) else {
                Issue.record("seed \(seed), round \(round): \(text(generator.source))")
                return
            }
        }
    }

    @Test("random bytes changed in random messages are judged as the plain reader judges them")
    func mutations() {
        var generator = Generator(seed: 99)
        for _ in 0..<2000 {
            generator.make()
            var bytes = generator.source
            for _ in 0...generator.random.below(2) {
                let at = generator.random.below(bytes.count)
                let byte = generator.random.pick(
                    Array("\"\\{}[]:,0e.-tu \n\u{0}\u{1F}".utf8) + [0xC3, 0xFF])
                switch generator.random.below(3) {
                case 0: bytes[at] = byte
                case 1: bytes.insert(byte, at: at)
                default: bytes.remove(at: at)
                }
            }
            #expect(isJSON(bytes) == Oracle.accepts(bytes), "\(text(bytes))")
            if !isJSON(bytes) { #expect(rejection(bytes) != nil) }
        }
    }

    @Test("splices may come in any order, more than four of them")
    func order() throws {
        let message = try Message(
            #"{"jsonrpc":"2.0","id":1,"method":"m","params":{"name":"n","uri":"u","a":[1,2]}}"#)
        let digits = message.bytes.indices.filter { message.bytes[$0] == UInt8(ascii: ":") }
        for seed in 0..<200 {
            var random = Random(seed: seed)
            var draft = Draft(message)
            for index in digits.shuffled(using: &random) {
                draft.replace(Extent(index..<index + 1), with: utf8(" : "))
            }
            #expect(text(draft.bytes) == text(message.bytes).replacing(":", with: " : "))
        }
    }

    @Test("insertions at one place keep their order and stand before a replacement")
    func insertions() throws {
        let message = try Message(#"{"jsonrpc":"2.0","id":1,"method":"m"}"#)
        let id = try #require(message.id)
        var draft = Draft(message)
        draft.replace(id, with: utf8("2"))
        draft.insert(utf8(" "), at: id.range.lowerBound)
        draft.insert(utf8("  "), at: id.range.lowerBound)
        draft.insert(utf8("\n\t"), at: id.range.upperBound)
        #expect(text(draft.bytes) == "{\"jsonrpc\":\"2.0\",\"id\":   2\t,\"method\":\"m\"}")
        #expect(!draft.isUnchanged)
    }

    @Test("a draft appends to what the buffer holds already")
    func appends() throws {
        let message = try Message("{\"jsonrpc\":\"2.0\",\r\n\"id\":1,\n\"result\":{}}\n")
        var buffer = utf8("before\n")
        Draft(message).write(into: &buffer)
        buffer.append(0x0A)
        Draft(message).write(into: &buffer)
        let line = #"{"jsonrpc":"2.0","id":1,"result":{}}"#
        #expect(text(buffer) == "before\n\(line)\n\(line)")
        #expect(text(Draft(message).bytes) == line)
    }

    @Test("two splices that overlap are a mistake of the caller")
    func overlap() async {
        await #expect(processExitsWith: .failure) {
            let message = try Message(#"{"jsonrpc":"2.0","id":1,"method":"m"}"#)
            var draft = Draft(message)
            draft.remove(Extent(1..<10))
            draft.remove(Extent(9..<12))
        }
    }
}
