import Testing

@testable import Signing

@Suite struct MomentTests {
    @Test(
        "ISO 8601 is read with any offset and fraction",
        arguments: [
            ("2026-01-15T12:34:56Z", 1_768_480_496), ("2026-01-15T12:34:56.789Z", 1_768_480_496),
            ("2026-01-15T12:34:56UTC", 1_768_480_496), ("2026-01-15T12:34:56", 1_768_480_496),
            ("2026-01-15T14:34:56+02:00", 1_768_480_496), ("1970-01-01T00:00:00Z", 0),
            ("2026-01-15 07:04:56-0530", 1_768_480_496), ("2024-02-29T00:00:00Z", 1_709_164_800),
        ])
    func iso(text: String, seconds: Int64) {
        #expect(Moment.seconds(iso: text) == seconds)
    }

    @Test(
        "what is no moment is none",
        arguments: [
            "", "2026", "2026-13-01T00:00:00Z", "2026-01-15T25:00:00Z", "2026-01-15T12:34:56X",
            "26-01-15T12:34:56Z", "2026-01-15T12:34:56+2", "-026-01-15T12:34:56Z",
        ])
    func none(text: String) { #expect(Moment.seconds(iso: text) == nil) }

    @Test("a moment written and read is the same, for every day of a century")
    func days() {
        for day in 0..<Int64(36_525) {
            let moment = day * 86_400 + day % 86_400
            #expect(Moment.seconds(iso: Moment.text(moment)) == moment)
        }
        #expect(Moment.amzDate(1_768_480_496) == "20260115T123456Z")
    }

    @Test("a signature's date is read to the second, and nothing else is")
    func amzDate() {
        #expect(Moment.seconds(amzDate: "19941106T084937Z") == 784_111_777)
        for text in [
            "", "19941106T084937", "1994-11-06T08:49:37Z", "19941306T084937Z", "xxxxxxxxTxxxxxxZ",
            "19941106T246060Z",
        ] {
            #expect(Moment.seconds(amzDate: text) == nil)
        }
    }

    @Test("the date of an answer is read")
    func http() {
        #expect(Moment.seconds(httpDate: "Sun, 06 Nov 1994 08:49:37 GMT") == 784_111_777)
        #expect(Moment.seconds(httpDate: "Sun Nov  6 08:49:37 1994") == nil)
    }
}
