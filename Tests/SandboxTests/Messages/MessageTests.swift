import Machine
import Testing

@testable import Sandbox

@Suite struct MessageTests {
    static let questions = [
        Question(rule: 0, context: Array("{}".utf8), document: Array("[1]".utf8)),
        Question(rule: .max, context: [], document: [], looksInside: true),
        Question(rule: 1, context: [], document: [], showsValues: true),
    ]
    static let findings: [Finding] = [
        .unchanged, .changed(Array("{\"a\":1}".utf8)), .changed([]), .empty, .many,
        .failed("it failed"), .lossy(""),
    ]
    static let reports: [Report] = [
        .ready(library: "libjq 1.6", isConfined: true), .ready(library: "", isConfined: false),
        .refused([]),
        .refused([
            Report.Refusal(rule: 1, line: 2, reason: "three"),
            Report.Refusal(rule: 4, part: .condition, line: 0, reason: ""),
        ]), .unable("no libjq"),
        .ended(place: 1, number: 2, status: .code(3)),
        .ended(place: .max, number: 0, status: .signal(31)),
    ]

    /// A frame without its length.
    private func content(_ frame: [UInt8]) -> [UInt8] { Array(frame.dropFirst(4)) }

    @Test("a question is read as it was asked", arguments: questions)
    func question(_ question: Question) {
        #expect(Question(content(question.frame)) == question)
    }

    @Test("a finding is read as it was found", arguments: findings)
    func finding(_ finding: Finding) {
        #expect(Finding(content(finding.frame)) == finding)
    }

    @Test("a report is read as it was given", arguments: reports)
    func report(_ report: Report) {
        #expect(Report(content(report.frame)) == report)
    }

    @Test("programs are read as they were sent, with and without a condition")
    func programs() {
        let programs = [Program("."), Program("", when: ""), Program(".a\n", when: "$ctx.b")]
        #expect(Program.list(content(Program.frame(programs))) == programs)
        #expect(Program.list([]).isEmpty)
    }

    @Test("what is cut off at any offset is never taken for the whole")
    func truncated() {
        for question in Self.questions {
            let whole = content(question.frame)
            for count in 0..<whole.count {
                #expect(Question(Array(whole.prefix(count))) != question)
            }
        }
        for finding in Self.findings {
            let whole = content(finding.frame)
            for count in 0..<whole.count {
                #expect(Finding(Array(whole.prefix(count))) != finding)
            }
        }
        for report in Self.reports {
            let whole = content(report.frame)
            for count in 0..<whole.count {
                #expect(Report(Array(whole.prefix(count))) != report)
            }
        }
    }

    @Test("bytes of any value make no message that was not sent", arguments: 0..<256)
    func garbage(_ first: Int) {
        let bytes = [UInt8(first)] + [UInt8](repeating: 0xFF, count: 20)
        if case .changed(let json) = Finding(bytes) { #expect(json.count == 20) }
        #expect(Question(bytes) == nil)
        if case .refused(let list) = Report(bytes) { #expect(list.isEmpty) }
    }
}
