import Testing
import Wire

@testable import Sandbox

@Suite struct LossTests {
    private func loss(_ json: String) throws -> Loss {
        Loss(in: try Value(validating: Array(json.utf8)))
    }

    @Test(
        "a number that a double is equal to is held",
        arguments: [
            "0", "-0", "1", "1.0", "1.10", "-1e3", "9007199254740992", "9007199254740994",
            "0.1", "0.30000000000000004", "3.141592653589793", "100000000000000000000", "1e22",
            "1E-7", "123456789012345", "5e-324", "1.7976931348623157e308",
        ])
    func held(_ number: String) throws {
        #expect(try loss("[\(number)]").numbers.isEmpty)
    }

    @Test(
        "a number that no double is equal to is found",
        arguments: [
            "9007199254740993", "-9007199254740993", "12345678901234567890",
            "18446744073709551615", "1e400", "3.1415926535897932384", "1e-400",
            "0.1000000000000000055511151231257827", "1e99999999999999999998",
            "10e9223372036854775807", "1.5e-9223372036854775808", "1e-9223372036854775808",
        ])
    func found(_ number: String) throws {
        let loss = try loss("{\"a\":[\(number)]}")
        #expect(!loss.numbers.isEmpty || loss.reason != nil)
    }

    @Test("two spellings of a number are one")
    func spellings() {
        let one = Decimal(Array("1200e-1".utf8)[...])
        #expect(one == Decimal(Array("120.0".utf8)[...]))
        #expect(one == Decimal(Array("0.12E3".utf8)[...]))
        #expect(one != Decimal(Array("-120".utf8)[...]))
        #expect(Decimal(Array("0".utf8)[...]) == Decimal(Array("0.00e5".utf8)[...]))
    }

    @Test(
        "half a surrogate pair is found, in a value and in a key",
        arguments: [
            #""\ud800""#, #""\udc00""#, #""\ud800x""#, #""\ud800\ud800\udc00""#, #""\ud800\n""#,
            #"{"\uDBFF":1}"#, #"["\ud83d\ude00", "\ude00\ud83d"]"#, #""\ud800\u0041""#,
        ])
    func surrogates(_ json: String) throws {
        #expect(try loss(json).reason != nil)
    }

    @Test(
        "whole pairs, escapes and backslashes are held",
        arguments: [
            #""\ud83d\ude00""#, #""\\ud800""#, #""\\\\udc00""#, #""\u0000""#, #""\u00e9\/""#,
            #"{"a\u0062":1,"b":{"a":1}}"#, "{}", #""""#,
        ])
    func texts(_ json: String) throws {
        #expect(try loss(json).reason == nil)
    }

    @Test(
        "a key that an object has twice is found, however it is spelled",
        arguments: [
            #"{"a":1,"a":2}"#, #"{"a":1,"\u0061":2}"#, #"[{"x":{"k":1,"j":2,"k":1}}]"#,
        ])
    func keys(_ json: String) throws {
        #expect(try loss(json).reason?.contains("twice") == true)
    }

    @Test("what is nested more deeply than every libjq reads is found")
    func depth() throws {
        let nest = { (count: Int) in
            String(repeating: "[", count: count) + String(repeating: "]", count: count)
        }
        #expect(try loss(nest(256)).reason == nil)
        #expect(try loss(nest(257)).reason?.contains("nested") == true)
    }

    @Test("a large number that was not there before is a calculated one")
    func spread() throws {
        let loss = try loss("[9007199254740993,5]")
        let value = { (json: String) in try Value(validating: Array(json.utf8)) }
        #expect(!loss.isSpread(to: try value(#"{"a":9007199254740993,"b":7}"#)))
        #expect(loss.isSpread(to: try value("[9007199254740992]")))
        #expect(!(try self.loss("[1]")).isSpread(to: try value("[9007199254740992]")))
    }
}
