import Testing

@testable import Emulator

@Suite("The platform's clock")
struct ServiceClockTests {
    @Test("a moment is written as a Date field has it")
    func writes() {
        #expect(ServiceClock.httpDate(784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(ServiceClock.httpDate(0) == "Thu, 01 Jan 1970 00:00:00 GMT")
    }

    @Test("a fault moves it, and it can be put right")
    func moves() {
        let clock = ServiceClock { .seconds(1000) }
        clock.move(by: .seconds(-600))
        #expect(clock.seconds == 400)
        clock.move(by: .zero)
        #expect(clock.seconds == 1000)
    }
}
