import Testing

@testable import Machine

@Suite struct SparseReportTests {
    @Test("the first is told at once, and then one a minute with how many there were")
    func bounded() {
        var report = SparseReport()
        let start = ContinuousClock.now
        func note(_ seconds: Int) -> String? {
            report.note("Somebody knocked", at: start.advanced(by: .seconds(seconds)))
        }
        #expect(note(0) == "Somebody knocked.")
        #expect(note(1) == nil && note(59) == nil)
        #expect(
            note(60) == "Somebody knocked (2 more since the last that was told).")
        #expect(note(61) == nil)
        #expect(note(200)?.contains("(1 more since the last that was told)") == true)
    }
}
