import Testing

@testable import Aggregator
@testable import manifold

@Suite struct ProbeReportTests {
    private func text(_ endpoint: String, others: Int = 0) -> String {
        let status = UpstreamStatus(
            name: "it", kind: "x", endpoint: endpoint, isEnabled: true)
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

    @Test("one is said otherwise than many")
    func counts() {
        #expect(text("http").contains("0 of 1 upstream works; 0 tools, "))
        #expect(text("http", others: 1).contains("0 of 2 upstreams work; 0 tools, "))
    }
}
