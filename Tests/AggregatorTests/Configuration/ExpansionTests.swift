import Aggregator
import Machine
import Testing
import Wire

/// What the ARN of a secret begins with, and how it is explained.
private let arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:"
private let form = "'arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME'"

@Suite struct ExpansionTests {
    @Test(
        "variables are expanded in values",
        arguments: [
            ("plain", "plain"), ("${env:A}", "one"), ("x${env:A}y${env:B}z", "xoney two z"),
            ("${env:NO:-d}", "d"), ("${env:EMPTY:-d}", "d"), ("${env:EMPTY}", ""),
            ("${env:NO:-}", ""), ("${env:A:-d}", "one"), ("$${env:A}", "${env:A}"),
            ("$${", "${"), ("$5 $ $$", "$5 $ $$"), ("é${env:A}é", "éoneé"),
            ("${env:NO:-a:-b}", "a:-b"),
        ])
    func expands(written: String, value: String) throws {
        let environment = ["A": "one", "B": " two ", "EMPTY": ""]
        let text = try Expansion.expand(written, with: environment)
        #expect(text.value == value)
        #expect("\(text)" == written)
    }

    @Test(
        "what cannot be expanded says why",
        arguments: [
            (
                "${env:NO}",
                "the environment variable 'NO' is not set; set it, or write '${env:NO:-default}'"
            ),
            ("${secret:\(arn)x}", "the secret '\(arn)x' could not be read: it was not read"),
            ("${secret:foo}", "'foo' is not the ARN of a secret, \(form)"),
            ("${secret:arn:aws:s3:::x}", "'arn:aws:s3:::x' is not the ARN of a secret, \(form)"),
            ("${secret:\(arn)}", "'\(arn)' is not the ARN of a secret, \(form)"),
            ("${secret:}", "'${secret:}' names no secret"),
            ("a ${env:A", "'${' has no closing '}'; write '$${' for a literal '${'"),
            (
                "${HOME}",
                "'${HOME}' is not an expansion; write '${env:NAME}', or '$${' for a literal '${'"
            ),
            ("${env:}", "'' is not the name of an environment variable"),
            ("${env:1A}", "'1A' is not the name of an environment variable"),
        ])
    func refuses(written: String, reason: String) {
        let fault = #expect(throws: Expansion.Fault.self) {
            try Expansion.expand(written, with: [:])
        }
        #expect(fault?.reason == reason)
    }

    @Test("secrets are expanded in values, and never printed")
    func secrets() throws {
        var secrets = Secrets()
        secrets.values = ["\(arn)a#b": "hunter2"]
        secrets.faults = ["\(arn)c": "no"]
        let text = try Expansion.expand("x${secret:\(arn)a#b}", with: [:], secrets: secrets)
        #expect(text.value == "xhunter2" && "\(text)" == "x${secret:\(arn)a#b}")
        let fault = #expect(throws: Expansion.Fault.self) {
            try Expansion.expand("${secret:\(arn)c}", with: [:], secrets: secrets)
        }
        #expect(fault?.reason == "the secret '\(arn)c' could not be read: no")
        #expect(try Expansion.expand("${secret:\(arn)x}", with: [:], secrets: .unread).isExpanded)
    }

    @Test("the secrets of a document are found once each")
    func names() throws {
        let (x, y) = ("\(arn)x", "\(arn)y")
        let text = """
            a: ${secret:\(x)}${env:A}
            b: ['${secret:\(y)}', '${secret:\(x)}', '$${secret:\(arn)z}']
            """
        #expect(Expansion.secrets(in: try YAML.parse(Array(text.utf8))) == [x, y])
    }

    @Test("an unset variable is an error at its value")
    func place() throws {
        let text = "server:\n  name: ${env:NOPE}\n"
        #expect(
            try complaint(text) == """
                manifold.yaml:2:9: error: 'name' of 'server': the environment variable 'NOPE' is \
                not set; set it, or write '${env:NOPE:-default}'
                  name: ${env:NOPE}
                        ^

                """)
    }

    @Test("an expanded value is never printed, whatever is wrong with it")
    func secrecy() throws {
        let text = """
            server: { name: "${env:S}" }
            names: { prefix: "${env:S}", maxLength: "${env:S}" }
            limits: { queue: "${env:S}", startWait: "${env:S}" }
            upstreams:
              a: { stdio: { command: x, inheritEnv: "${env:S}" }, prefix: "${env:S}", enabled: "${env:S}" }
            """
        let shown = try complaint(text, environment: ["S": "hunter2 and more"])
        #expect(shown.split(separator: "\n").filter { $0.contains("error:") }.count == 7)
        #expect(!shown.contains("hunter2"))
        let good = try read(
            "upstreams: { a: { stdio: { command: \"${env:S}\" } } }", environment: ["S": "hunter2"])
        #expect(!"\(good)".contains("hunter2") && "\(good)".contains("${env:S}"))
    }

    @Test("an expanded value has the type that its key wants, and keys are not expanded")
    func types() throws {
        let text = "names: { maxLength: \"${env:N}\" }\nlimits: { queue: \"${env:Q:-1 KiB}\" }"
        let read = try read(text, environment: ["N": "50"])
        #expect(read.names.maxLength == 50 && read.limits.queue == 1024)
        #expect(
            try complaint("\"${env:N}\": 1", environment: ["N": "server"]).contains(
                "unknown key '${env:N}'"))
    }
}
