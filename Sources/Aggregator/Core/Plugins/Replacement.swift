package import Wire

/// What every replacement has to be, whoever made it: one JSON value, of the shape that the place
/// wants, with nothing changed that belongs to the way of the message rather than to its content.
package enum Replacement {
    /// Refuses JSON that cannot stand in the place of a document.
    package static func check(
        _ json: [UInt8], instead old: Value?, _ part: Document.Part
    ) throws(RuleFault) {
        let new: Value
        do throws(Rejection) {
            new = try Value(validating: json)
        } catch {
            throw RuleFault("what it returned is no JSON: \(error.reason)")
        }
        guard new.kind == .object || old.map({ $0.kind != .object }) ?? false else {
            throw RuleFault("what it returned is not an object.")
        }
        if part == .error { try checkError(new) }
        if part == .result, let old { try checkResult(new, instead: old) }
        for key in protected(part) {
            let (before, after) = (old.map { tokens(key, of: $0) }, tokens(key, of: new))
            guard before == nil || before == after else {
                throw RuleFault("'\(key)' must not be changed.")
            }
        }
    }

    /// The message that a draft comes to, read as if it had just come.
    static func scan(_ draft: Draft) throws(RuleFault) -> Message {
        do throws(Rejection) {
            return try Message(scanning: draft.bytes)
        } catch {
            throw RuleFault("the message is broken with what it returned: \(error.reason)")
        }
    }

    private static func checkError(_ error: Value) throws(RuleFault) {
        guard error["code"]?.integer != nil, error["message"]?.kind == .string else {
            throw RuleFault("an error needs a 'code' and a 'message'.")
        }
    }

    /// What clients take for granted in a result stays what it was; what need not be there may go.
    private static func checkResult(_ new: Value, instead old: Value) throws(RuleFault) {
        for key in ["content", "contents", "messages", "structuredContent"] {
            guard let before = old[key]?.kind, before == .array || before == .object else {
                continue
            }
            let after = new[key]?.kind
            if after == nil, key == "structuredContent" { continue }
            guard after == before else {
                throw RuleFault(
                    "'\(key)' must stay \(before == .array ? "a list" : "an object").")
            }
        }
    }

    /// What says whom a message is about or what it is, which is not for a rule to change.
    private static func protected(_ part: Document.Part) -> [String] {
        switch part {
        case .arguments: []
        case .parameters:
            [
                "name", "uri", "ref", "cursor", "requestState", "progressToken", "requestId",
                "elicitationId", "_meta",
            ]
        case .result: ["resultType", "requestState"]
        case .error: ["code"]
        }
    }

    /// All that is there under a key, so that a second one cannot hide.
    private static func tokens(_ key: String, of value: Value) -> [ArraySlice<UInt8>] {
        value.members.filter { $0.key.isText(key) }.map(\.value.raw)
    }
}
