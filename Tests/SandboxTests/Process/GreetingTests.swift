import Testing
import Wire

@testable import Plugins

@Suite struct GreetingTests {
    private func greeting(_ line: String) throws -> Greeting {
        try Greeting(try Message(scanning: Array(line.utf8)))
    }

    @Test("a greeting says how much is asked at a time, one without it")
    func concurrency() throws {
        let line = { (more: String) in
            #"{"jsonrpc":"2.0","method":"plugin/hello","params":{"contract":1,"name":"x"\#(more)}}"#
        }
        #expect(try greeting(line("")).concurrency == 1)
        #expect(try greeting(line(#","concurrency":8"#)).concurrency == 8)
        #expect(try greeting(line(#","concurrency":100000"#)).concurrency == 1024)
        #expect(try greeting(line("")).name == "x")
        for wrong in ["0", "-1", "\"8\"", "1.5"] {
            #expect(throws: Greeting.Fault.self) {
                try greeting(line(#","concurrency":\#(wrong)"#))
            }
        }
    }

    @Test(
        "what is no greeting of this contract is none",
        arguments: [
            #"{"jsonrpc":"2.0","method":"plugin/bye","params":{"contract":1}}"#,
            #"{"jsonrpc":"2.0","method":"plugin/hello","params":{"contract":2}}"#,
            #"{"jsonrpc":"2.0","method":"plugin/hello"}"#,
            #"{"jsonrpc":"2.0","id":1,"method":"plugin/hello","params":{"contract":1}}"#,
            #"{"jsonrpc":"2.0","id":1,"result":{}}"#,
        ])
    func none(_ line: String) {
        #expect(throws: Greeting.Fault.self) { try greeting(line) }
    }
}
