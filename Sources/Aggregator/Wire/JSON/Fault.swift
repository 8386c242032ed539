/// What a scanner stumbled over and where: two words, so that throwing it allocates nothing.
struct Fault: Error, Sendable {
    /// What is wrong; code and sentence follow from it.
    enum Cause: UInt8, Sendable {
        case value, key, colon, separator, literal, number, unterminated, control, escape
        case encoding, trailing, depth, notAnObject
        case version, identifier, method, duplicate, likeness
        case parameters, outcome, errorShape, missing
    }

    let cause: Cause
    /// The key concerned, for the causes that have one.
    var key = Key.other
    /// Offset of the first byte that is wrong.
    let offset: Int
}

extension Fault {
    var code: Rejection.Code {
        switch cause {
        case .value, .key, .colon, .separator, .literal, .number, .unterminated, .control, .escape,
            .trailing:
            .syntax
        case .encoding: .encoding
        case .depth: .depth
        case .notAnObject: .notAnObject
        case .version: .version
        case .identifier: .identifier
        case .method: .method
        case .duplicate, .likeness: .duplicateKey
        case .parameters, .outcome, .errorShape, .missing: .shape
        }
    }

    /// The sentence for humans.
    ///
    /// It never shows content, at most the name of a key we know.
    var sentence: String {
        switch cause {
        case .value: "A JSON value was expected at offset \(offset)."
        case .key: "A member name in quotes was expected at offset \(offset)."
        case .colon: "A colon was expected at offset \(offset)."
        case .separator: "A comma or a closing bracket was expected at offset \(offset)."
        case .literal: "The word at offset \(offset) is not true, false or null."
        case .number: "The number is malformed at offset \(offset)."
        case .unterminated: "The string is not closed at offset \(offset), the end of the message."
        case .control: "A control character is not escaped at offset \(offset)."
        case .escape: "The escape sequence is malformed at offset \(offset)."
        case .encoding: "The bytes are not UTF-8 at offset \(offset)."
        case .trailing: "Something follows the message at offset \(offset)."
        case .depth: "The message is nested too deeply at offset \(offset)."
        case .notAnObject:
            "A message must be a JSON object; offset \(offset) starts something else."
        case .version: "The member 'jsonrpc' must be \"2.0\"."
        case .identifier: "The member 'id' must be a string or a number."
        case .method: "The member 'method' at offset \(offset) must be a string."
        case .duplicate: "The member '\(key.name)' is there twice, again at offset \(offset)."
        case .likeness:
            "The member at offset \(offset) is '\(key.name)' but for capitals: some servers would take "
                + "it for that."
        case .parameters: "The member 'params' at offset \(offset) must be an object."
        case .outcome: "A message must be a call, or carry exactly one of 'result' and 'error'."
        case .errorShape: "The member 'error' at offset \(offset) must be an object."
        case .missing: "A message must have a 'method', a 'result' or an 'error'."
        }
    }
}
