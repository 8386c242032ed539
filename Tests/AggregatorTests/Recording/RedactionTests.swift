import Aggregator
import Glibc
import Plugins
import TestSupport
import Testing
import Wire

@Suite struct RedactionTests {
    /// A message after redaction under a configuration.
    private func redacted(
        _ message: String, _ configuration: String = "record: {}",
        environment: [String: String] = [:]
    ) throws -> String {
        let configuration = try read(configuration, environment: environment)
        let settings = try #require(configuration.record?.settings as? RecordSettings)
        let redaction = Redaction(
            settings, secrets: Set(configuration.confidential.map(\.value)), time: ManualTime())
        let bytes = Array(message.utf8)
        return String(decoding: try redaction.redacted(bytes) ?? bytes, as: UTF8.self)
    }

    @Test(
        "values under names that sound secret are taken out, whatever their case and depth",
        arguments: [
            (#"{"Authorization":"x y"}"#, #"{"Authorization":"[redacted]"}"#),
            (#"{"a":[{"api_key":1.50}]}"#, #"{"a":[{"api_key":"[redacted]"}]}"#),
            (#"{"X-Api-Key":"k","b":1}"#, #"{"X-Api-Key":"[redacted]","b":1}"#),
            (#"{"cookies":["a","b"]}"#, #"{"cookies":["[redacted]","[redacted]"]}"#),
            (#"{"secret":{"deep":"x"}}"#, #"{"secret":{"deep":"[redacted]"}}"#),
            (#"{"clientSecret":true}"#, #"{"clientSecret":true}"#),
            (
                #"{"progressToken":"t","nextPageToken":"p"}"#,
                #"{"progressToken":"t","nextPageToken":"p"}"#
            ),
            (#"{"maxTokens":5,"tokenizer":"x"}"#, #"{"maxTokens":5,"tokenizer":"x"}"#),
            (
                #"{"text":"{\"password\": \"p\", \"n\": 1}"}"#,
                #"{"text":"{\"password\": \"[redacted]\", \"n\": 1}"}"#
            ),
            (#"{"password":"{\"n\":\"x\"}"}"#, #"{"password":"{\"n\":\"[redacted]\"}"}"#),
        ])
    func names(message: String, expected: String) throws {
        #expect(try redacted(message) == expected)
    }

    @Test("a schema that has a property called password stays as it is")
    func schema() throws {
        let tool =
            #"{"inputSchema":{"properties":{"password":{"type":"string","description":"d"}}}}"#
        #expect(try redacted(tool) == tool)
    }

    @Test(
        "tokens and passwords that can be told by their form are taken out of texts",
        arguments: [
            ("use Bearer abc.def-123 now", "use Bearer [redacted] now"),
            ("Basic dXNlcjpwYXNz1=", "Basic [redacted]"),
            ("https://user:pass@host/x", "https://[redacted]@host/x"),
            ("https://host/x?access_token=abc&y=1", "https://host/x?access_token=[redacted]&y=1"),
            ("password=hunter2 next", "password=[redacted] next"),
            ("Bearer abcdefghijklmnopq", "Bearer [redacted]"),
            ("Bearer abcdefghijkl", "Bearer [redacted]"), ("Bearer s3cr3t", "Bearer [redacted]"),
            ("  bearer: Bearer mytoken", "  bearer: Bearer [redacted]"),
            ("X-Auth: Bearer mytoken, next", "X-Auth: Bearer [redacted], next"),
            ("-H 'x-auth' 'Bearer mytoken'", "-H 'x-auth' 'Bearer [redacted]'"),
            (#"first\nBearer mytoken\nlast"#, #"first\nBearer [redacted]\nlast"#),
            ("Basic dXNlcjpwYXNz", "Basic [redacted]"),
            ("curl -H 'X: Basic dXNlcjpwYXNz'", "curl -H 'X: Basic [redacted]'"),
            ("Authorization: Basic YTpi", "Authorization: [redacted]"),
            ("password: hunter2, x", "password: [redacted], x"),
            ("API_KEY='x-1' SECRET_KEY=y", "API_KEY='[redacted]' SECRET_KEY=[redacted]"),
            ("{'client_secret': 'x'}", "{'client_secret': '[redacted]'}"),
            ("Cookie: session=x; y=z", "Cookie: [redacted]"),
            ("Authorization: token x", "Authorization: [redacted]"),
            ("progressToken: 5, max_tokens: 9", "progressToken: 5, max_tokens: 9"),
            ("a bearer of good news", "a bearer of good news"),
            ("https://host/a@b", "https://host/a@b"), ("basic functions", "basic functions"),
            ("Bearer of bad news", "Bearer of bad news"), ("Bearer tokens", "Bearer tokens"),
            ("A 'Bearer token' is wanted", "A 'Bearer token' is wanted"),
            ("Result: bearer of bad news", "Result: bearer of bad news"),
            ("the ring bearer walked in", "the ring bearer walked in"),
            ("Basic understanding", "Basic understanding"), ("Basic training", "Basic training"),
            ("a 'Basic training' course", "a 'Basic training' course"),
            ("basic JavaScript", "basic JavaScript"), ("Basic: abcdefgh", "Basic: abcdefgh"),
        ])
    func forms(text: String, expected: String) throws {
        #expect(try redacted(#"{"text":"\#(text)"}"#) == #"{"text":"\#(expected)"}"#)
    }

    @Test("a long text without white space is gone through, and quickly", .timeLimit(.minutes(10)))
    func long() throws {
        let text = String(repeating: "iVBORw0KGgoAAAANSUhEUgAAAAE+/", count: 4000)
        let message = #"{"data":"\#(text)"}"#
        #expect(try redacted(message) == message)
    }

    @Test(
        "a large text of one letter is gone through in the time that any other takes",
        .timeLimit(.minutes(3)), arguments: ["x", "a", " "])
    func unbroken(letter: String) throws {
        let message = #"{"data":"\#(String(repeating: letter, count: 4_000_000))"}"#
        let start = Self.work
        #expect(try redacted(message) == message)
        #expect(Self.work - start < 20)
    }

    /// How many seconds this thread has worked; what others do beside it does not count.
    private static var work: Int {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return time.tv_sec
    }

    @Test("what the configuration got from elsewhere is taken out wherever it stands")
    func values() throws {
        let configuration = """
            upstreams:
              a: { http: { url: "https://h/${env:PLACE}", headers: { X-A: "Bearer ${env:KEY}" } } }
              b: { http: { url: "https://h/", headers: { Authorization: Bearer written-out } } }
            record: {}
            """
        let environment = ["PLACE": "corner\"", "KEY": "k3y-12", "OTHER": "other-value"]
        let message =
            #"{"a":"xk3y-12y","b":"corner\"","c":"other-value","d":"written-out!","e":"k3y"}"#
        let expected =
            #"{"a":"x[redacted]y","b":"[redacted]","c":"other-value","d":"[redacted]!","e":"k3y"}"#
        #expect(try redacted(message, configuration, environment: environment) == expected)
    }

    @Test("a secret is found as text formats and URLs spell it")
    func spellings() throws {
        let configuration = #"record: { file: "/x/${env:KEY}" }"#
        let environment = ["KEY": "ab/cd+\"ä\n"]
        for spelling in [
            #"ab/cd+\\\"ä"#, #"ab\\/cd+\\\"ä"#, "ab%2Fcd%2B%22%C3%A4", "YWIvY2QrIsOk",
        ] {
            let message = #"{"text":"see \#(spelling) there"}"#
            let found = try redacted(message, configuration, environment: environment)
            #expect(found == #"{"text":"see [redacted] there"}"#, "\(spelling)")
        }
        #expect(throws: Redaction.Fault.self) {
            try redacted(#"{"ab\/cd+\"ä":1}"#, configuration, environment: environment)
        }
    }

    @Test(
        "a value that is an ordinary word does not cost the messages that use it",
        arguments: [
            ("text", #"{"method":"x","text":"a text"}"#, #"{"method":"x","text":"a [redacted]"}"#),
            ("tools", #"{"method":"tools/list"}"#, #"{"method":"tools/list"}"#),
            (
                "2025", #"{"protocolVersion":"2025-11-25","n":[2025]}"#,
                #"{"protocolVersion":"2025-11-25","n":["[redacted]"]}"#
            ),
            ("true", #"{"a":true}"#, #"{"a":true}"#),
        ])
    func words(value: String, message: String, expected: String) throws {
        let configuration = #"record: { file: "/x/${env:KEY}" }"#
        let found = try redacted(message, configuration, environment: ["KEY": value])
        #expect(found == expected)
    }

    @Test("a message that holds a secret where nothing can be taken out is not written")
    func unreachable() throws {
        let configuration = #"record: { file: "/x/${env:KEY}" }"#
        #expect(throws: Redaction.Fault.self) {
            try redacted(#"{"k3y-12":1}"#, configuration, environment: ["KEY": "k3y-12"])
        }
    }

    @Test("the owner's patterns and places are taken out too")
    func owner() throws {
        let configuration = #"""
            record: { redact: { patterns: ["[0-9]{4}-([0-9]{4})"], fields: ["params.arguments.iban", "**.mail"] } }
            """#
        let message =
            #"{"params":{"arguments":{"iban":"DE1","x":"1234-5678","y":[{"mail":7}]},"iban":"DE2"}}"#
        let expected =
            #"{"params":{"arguments":{"iban":"[redacted]","x":"1234-[redacted]","y":[{"mail":"#
            + #""[redacted]"}]},"iban":"DE2"}}"#
        #expect(try redacted(message, configuration) == expected)
    }

    @Test("a section with mistakes is refused, with the place")
    func mistakes() throws {
        #expect(try complaint("record: { redact: { patterns: [\"(\"] } }").contains("expression"))
        #expect(try complaint("record: { fil: x }").contains("did you mean 'file'"))
        #expect(try complaint("record:").isEmpty)
        #expect(try read("record:").record != nil)
        #expect(try read("server: {}").record == nil)
    }
}
