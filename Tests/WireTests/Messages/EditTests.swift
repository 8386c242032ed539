import Testing
import Wire

@Suite("Editing members")
struct EditTests {
    @Test(
        "members go and come with the commas right",
        arguments: [
            ("{}", ["a"], [], "{}"),
            ("{ }", [], ["x"], #"{"x":0 }"#),
            (#"{"a":1}"#, ["a"], [], "{}"),
            (#"{"a":1}"#, ["a"], ["x"], #"{"x":0}"#),
            (#"{"a":1}"#, [], ["x", "y"], #"{"a":1,"x":0,"y":0}"#),
            (#"{"a":1,"b":2}"#, ["a"], [], #"{"b":2}"#),
            (#"{"a":1,"b":2}"#, ["b"], [], #"{"a":1}"#),
            (#"{"a":1,"b":2}"#, ["a", "b"], [], "{}"),
            (#"{"a":1,"b":2}"#, ["a", "b"], ["x"], #"{"x":0}"#),
            (#"{"a":1,"b":2,"c":3}"#, ["b"], ["x"], #"{"a":1,"c":3,"x":0}"#),
            (#"{"a":1,"b":2,"c":3}"#, ["b", "c"], ["x"], #"{"a":1,"x":0}"#),
            (#"{"a":1,"b":2,"c":3}"#, ["a", "c"], [], #"{"b":2}"#),
            (#"{ "a" : [1,{}] , "b" : 2 }"#, ["a"], [], #"{ "b" : 2 }"#),
            (#"{ "a" : 1 , "b" : {"a":2} }"#, ["b"], [], #"{ "a" : 1 }"#),
            (#"{"a":1,"b":2}"#, [], ["a"], #"{"a":0,"b":2}"#),
            (#"{"a":1,"\u0061":2,"b":3}"#, [], ["a"], #"{"a":0,"b":3}"#),
            (#"{"a":1,"\u0061":2,"b":3}"#, ["a"], [], #"{"b":3}"#),
            (#"{"b":1,"a":1,"a":2}"#, ["b"], ["a"], #"{"a":0}"#),
        ])
    func commas(before: String, removed: [String], set: [String], after: String) throws {
        let message = try Message(
            #"{"jsonrpc":"2.0","id":1,"method":"m","params":{"_meta":\#(before)}}"#)
        let meta = try #require(message.meta)
        var draft = Draft(message)
        draft.edit(meta, set: set.map { ($0, utf8("0")) }, removed: removed)
        let expected = #"{"jsonrpc":"2.0","id":1,"method":"m","params":{"_meta":\#(after)}}"#
        #expect(text(draft.bytes) == expected)
    }

    @Test("every choice of members leaves a well-formed object with exactly the others")
    func everyChoice() throws {
        let keys = ["a", "b", "c", "d", "e"]
        let object = "{" + keys.map { "\"\($0)\": \"\($0)\"" }.joined(separator: " , ") + "}"
        let message = try Message(#"{"jsonrpc":"2.0","id":1,"result":\#(object)}"#)
        let result = try #require(message.result)
        for choice in 0..<32 {
            for isAdding in [false, true] {
                let removed = keys.indices.filter { choice >> $0 & 1 == 1 }.map { keys[$0] }
                var draft = Draft(message)
                draft.edit(result, set: isAdding ? [("x", utf8("1"))] : [], removed: removed)
                let edited = try Message(scanning: draft.bytes)
                let extent = try #require(edited.result)
                let left = edited.value(extent).members.compactMap(\.key.string)
                let kept = keys.filter { !removed.contains($0) }
                #expect(left == kept + (isAdding ? ["x"] : []))
            }
        }
    }

    @Test("a value inside a kept member may be spliced beside an edit of the object")
    func together() throws {
        let message = try Message(
            #"{"jsonrpc":"2.0","id":1,"method":"m","params":{"_meta":{"a":1,"progressToken":2}}}"#)
        let (meta, token) = (try #require(message.meta), try #require(message.progressToken))
        var draft = Draft(message)
        draft.replace(token, with: utf8("\"p\""))
        draft.remove(member: "a", of: meta)
        #expect(text(draft.bytes).contains(#""_meta":{"progressToken":"p"}}"#))
    }
}
