import Testing

@testable import Aggregator
@testable import manifold

@Suite struct ProbeReportTests {
    private func text(
        _ endpoint: String, others: Int = 0, _ change: (inout UpstreamStatus) -> Void = { _ in }
    ) -> String {
        var status = UpstreamStatus(
            name: "it", kind: "x", endpoint: endpoint, isEnabled: true)
        change(&status)
        let probe = Probe(status: status, entries: [], patience: .seconds(1))
        let report = ProbeReport(
            probes: [Probe](repeating: probe, count: 1 + others),
            names: ClientNames(server: "manifold", title: nil))
        return report.text(Ink.plain)
    }

    @Test(
        "what was tried is called by what it is",
        arguments: [
            ("stdio uvx server", "command   uvx server"),
            ("http https://docs.example", "address   https://docs.example"),
            ("runtime arn:aws:x", "address   arn:aws:x"), ("http", "address   http"),
        ])
    func place(endpoint: String, line: String) {
        #expect(text(endpoint).contains("  \(line)\n"))
    }

    @Test("a start that failed is no call that may have run, and says what helps")
    func noCall() {
        let report = text("http") { status in
            status.lastFailure = Failure(
                .timeout, "It did not answer.", advice: "Raise it.", upstream: "it",
                executed: .unknown)
        }
        #expect(report.contains("It did not answer. Raise it."))
        #expect(!report.contains("may have run") && !report.contains("did not run"))
    }

    @Test("what a server has said to the tries so far is told when the time is over")
    func obstacle() {
        let report = text("http") { $0.obstacle = "It is not well." }
        #expect(report.contains("within 1 s. It is not well."))
    }

    @Test("noise is on standard output only where there is one")
    func noise() {
        for (endpoint, hasOutput) in [("stdio x", true), ("bridge arn:aws:x", false)] {
            var status = UpstreamStatus(name: "it", kind: "x", endpoint: endpoint, isEnabled: true)
            status.lastNoise = "An error has no id: no"
            let probe = Probe(status: status, entries: [], patience: .seconds(1))
            for words in [probe.advice, probe.remark] {
                #expect(words?.contains("standard output") == hasOutput, "\(words ?? "")")
            }
            #expect(probe.remark?.hasSuffix(": An error has no id: no") == true)
        }
    }

    @Test("the list of tools is spoken of before others")
    func lists() {
        var status = UpstreamStatus(name: "it", kind: "x", endpoint: "runtime", isEnabled: true)
        status.problems = [.prompt: "no prompts", .tool: "no tools", .resource: "no resources"]
        let probe = Probe(
            status: status, entries: [], patience: .seconds(1), way: [Leg("endpoint", .passed, "")])
        #expect(probe.legs.last?.detail == "list of tools: no tools")
    }

    @Test("one is said otherwise than many")
    func counts() {
        #expect(text("http").contains("0 of 1 upstream works; 0 tools, "))
        #expect(text("http", others: 1).contains("0 of 2 upstreams work; 0 tools, "))
    }
}
