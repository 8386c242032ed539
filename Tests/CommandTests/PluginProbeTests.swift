import Aggregator
import Testing
import Wire

@testable import manifold

@Suite struct PluginProbeTests {
    private func report(_ plugins: [PluginProbe]) -> ProbeReport {
        ProbeReport(
            probes: [], plugins: plugins, names: ClientNames(server: "manifold", title: nil))
    }

    private let bad = PluginProbe(
        name: "mask", kind: "executable",
        trouble: PluginTrouble("It cannot be asked.", trail: ["no \u{1B}licence"]))
    private let good = PluginProbe(name: "audit", kind: "audit", trouble: nil)

    @Test("what a plugin has found is told, and is no failure")
    func remarks() {
        var pin = good
        pin.remarks = ["Tool 'a/b' is not what it was."]
        let report = report([pin])
        #expect(report.isGood)
        #expect(report.text(.plain).hasPrefix("audit\n  Tool 'a/b' is not what it was.\n"))
    }

    @Test("a plugin that cannot do its work is told with its last words, and makes the probe fail")
    func failing() throws {
        let report = report([bad, good])
        #expect(!report.isGood && self.report([good]).isGood)
        let text = report.text(.plain)
        #expect(text.hasPrefix("mask (executable)  failed\n  reason    It cannot be asked.\n"))
        #expect(text.contains("  stderr    no ") && !text.contains("\u{1B}"))
        #expect(!text.contains("audit"))
    }

    @Test("programs read of every plugin whether it can")
    func json() throws {
        var writer = JSONWriter()
        writer.beginObject()
        report([bad, good]).write(into: &writer)
        writer.endObject()
        let plugins = try Value(validating: writer.bytes)["plugins"]?.elements.map(\.self) ?? []
        #expect(plugins.map { $0["ok"]?.bool } == [false, true])
        #expect(plugins.first?["failure"]?.string == "It cannot be asked.")
        #expect(plugins.last?["failure"]?.isNull == true)
    }
}
