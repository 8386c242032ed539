import Aggregator
import Testing
import Upstreams

@testable import manifold

@Suite struct UsageErrorTests {
    private func message(_ name: String, among names: [String], disabled: [String] = []) -> String {
        var configuration = Configuration()
        configuration.upstreams = (names + disabled).map {
            var upstream = Configuration.Upstream(
                name: $0, kind: "stdio", settings: StdioSettings())
            upstream.isEnabled = !disabled.contains($0)
            return upstream
        }
        return UsageError(unknown: name, in: configuration, Check.syntax).message
    }

    @Test("an upstream that does not exist is told with those that do, and one that may be meant")
    func unknown() {
        let end = "See 'manifold check --help'."
        #expect(
            message("nope", among: ["clock", "crm"])
                == "manifold: there is no upstream 'nope'; there are: clock, crm. \(end)")
        #expect(
            message("clok", among: ["clock", "crm"])
                == "manifold: there is no upstream 'clok'; did you mean 'clock'? There are: clock, "
                + "crm. \(end)")
        #expect(
            message("x", among: [], disabled: ["y"])
                == "manifold: there is no upstream 'x': the configuration has none that is enabled. "
                + end)
        #expect(
            message("y", among: ["x"], disabled: ["y"])
                == "manifold: upstream 'y' is disabled. \(end)")
    }

    @Test("a long list of upstreams is cut")
    func many() {
        let text = message("x", among: (1...30).map { "upstream-\($0)" })
        #expect(text.contains("upstream-20 and 10 more.") && !text.contains("upstream-21"))
    }
}
