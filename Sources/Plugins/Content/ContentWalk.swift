import Aggregator
import Wire

/// One piece of content: a string, a number or a word of JSON.
struct Leaf {
    let value: Value
    /// The way to it from the top of its document; nil in text that is no document.
    let steps: [FieldPath.Step]?
}

/// Bytes in the place of a range of a text.
struct Splice {
    let range: Range<Int>
    let bytes: [UInt8]

    /// Something in the place of a whole value.
    init(_ value: Value, with bytes: [UInt8]) {
        range = value.extent.range
        self.bytes = bytes
    }

    init(_ range: Range<Int>, with bytes: [UInt8]) {
        self.range = range
        self.bytes = bytes
    }

    /// The bytes of a value with changes, which are in order.
    static func apply(_ splices: [Splice], in value: Value) -> [UInt8] {
        var bytes: [UInt8] = []
        var at = value.extent.range.lowerBound
        for splice in splices {
            bytes += value.bytes[at..<splice.range.lowerBound]
            bytes += splice.bytes
            at = splice.range.upperBound
        }
        return bytes + value.bytes[at..<value.extent.range.upperBound]
    }
}

/// Goes through what people and models read in a document, and through nothing else: not images, not
/// sounds, not names, URIs, types or `_meta`.
///
/// Repeated keys are all gone through, so that none can hide behind another.
struct ContentWalk {
    /// What is done to a leaf: splices inside of its bytes, from front to back.
    typealias Visit = (Leaf) throws(RuleFault) -> [Splice]

    private let visit: Visit
    private var splices: [Splice] = []
    /// How deep a value is below the top of its document.
    private var steps: [FieldPath.Step] = []
    /// Whether every text may be a document.
    private var seesEverything = false
    /// How many documents this one lies in, each a text of the next.
    private var depth = 0

    /// A text below that many is no document any more: whoever writes them chooses how often.
    private static let deepest = 4

    private init(_ visit: @escaping Visit) { self.visit = visit }

    /// The document with everything done to it; nil when nothing was.
    static func edit(
        _ document: Document, _ method: Method, _ visit: @escaping Visit
    ) throws(RuleFault) -> [UInt8]? {
        var walk = ContentWalk(visit)
        switch document.part {
        case .arguments: try walk.tree(document.value)
        case .parameters: try walk.parameters(document.value, method)
        case .result: try walk.result(document.value)
        case .error: try walk.error(document.value)
        }
        return walk.written(document.value)
    }

    /// The value with something done to every leaf in it, wherever it stands, also in texts that are
    /// documents; nil when nothing was.
    static func edit(everythingIn value: Value, _ visit: @escaping Visit) throws(RuleFault)
        -> [UInt8]?
    {
        var walk = ContentWalk(visit)
        walk.seesEverything = true
        try walk.tree(value)
        return walk.written(value)
    }

    /// A value with the splices put in; nil when there are none.
    private func written(_ value: Value) -> [UInt8]? {
        splices.isEmpty ? nil : Splice.apply(splices, in: value)
    }

    // MARK: Documents

    /// Everything in a value, with the ways to it.
    private mutating func tree(_ value: Value) throws(RuleFault) {
        switch value.kind {
        case .object:
            for (key, member) in value.members {
                steps.append(.member(key))
                try tree(member)
                steps.removeLast()
            }
        case .array:
            for (index, element) in value.elements.enumerated() {
                steps.append(.element(index))
                try tree(element)
                steps.removeLast()
            }
        case .string where seesEverything: try text(value)
        case .string, .number, .true, .false, .null:
            splices += try visit(Leaf(value: value, steps: steps))
        }
    }

    /// A document inside of another one.
    private mutating func part(_ value: Value) throws(RuleFault) {
        let outer = steps
        steps = []
        try tree(value)
        steps = outer
    }

    /// Text, which is often a document itself: then what is in it is visited, and it stays a text.
    private mutating func text(_ value: Value) throws(RuleFault) {
        guard value.kind == .string else { return try part(value) }
        guard depth < Self.deepest, let inner = value.text, Self.mayBeDocument(inner),
            let document = try? Value(validating: inner)
        else {
            splices += try visit(Leaf(value: value, steps: seesEverything ? steps : nil))
            return
        }
        var walk = ContentWalk(visit)
        walk.depth = depth + 1
        if seesEverything { (walk.seesEverything, walk.steps) = (true, steps) }
        try walk.tree(document)
        guard let changed = walk.written(document) else { return }
        let (head, tail) = (
            inner[..<Int(document.extent.lower)], inner[Int(document.extent.upper)...]
        )
        let whole = head + changed + tail
        splices.append(
            Splice(value, with: JSONWriter.quoted(String(decoding: whole, as: UTF8.self))))
    }

    private static func mayBeDocument(_ text: [UInt8]) -> Bool {
        let first = text.first { $0 > 0x20 }
        return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    }

    private mutating func texts(_ value: Value, under keys: [String]) throws(RuleFault) {
        for (key, member) in value.members where keys.contains(where: key.isText) {
            try text(member)
        }
    }

    // MARK: Messages

    private mutating func parameters(_ value: Value, _ method: Method) throws(RuleFault) {
        switch method {
        case .message:
            for (key, member) in value.members where key.isText("data") { try text(member) }
        case .progress: try texts(value, under: ["message"])
        case .complete:
            for (key, member) in value.members {
                if key.isText("argument") { try texts(member, under: ["value"]) }
                if key.isText("context") { try part(member) }
            }
        default: break
        }
    }

    private mutating func error(_ value: Value) throws(RuleFault) {
        for (key, member) in value.members {
            if key.isText("message") { try text(member) }
            if key.isText("data") { try part(member) }
        }
    }

    private mutating func result(_ value: Value) throws(RuleFault) {
        for (key, member) in value.members {
            switch key.string {
            case "content": try blocks(member)
            case "structuredContent": try part(member)
            case "messages": try messages(member)
            case "contents": for item in member.elements { try texts(item, under: ["text"]) }
            case "completion":
                for (key, values) in member.members where key.isText("values") {
                    for value in values.elements { try text(value) }
                }
            case "description": try text(member)
            case "inputRequests": try questions(member)
            default: break
            }
        }
    }

    /// One block of content, or a list of them.
    private mutating func blocks(_ value: Value) throws(RuleFault) {
        guard value.kind != .array else {
            for block in value.elements { try blocks(block) }
            return
        }
        for (key, member) in value.members {
            if key.isText("text") { try text(member) }
            if key.isText("resource") { try texts(member, under: ["text"]) }
        }
    }

    /// What an upstream asks a person or a model in the middle of a call.
    private mutating func questions(_ value: Value) throws(RuleFault) {
        for (_, request) in value.members {
            for (key, params) in request.members where key.isText("params") {
                try texts(params, under: ["message", "systemPrompt"])
                for (key, member) in params.members {
                    if key.isText("messages") { try messages(member) }
                    if key.isText("requestedSchema") { try form(member) }
                }
            }
        }
    }

    /// What a person reads of a form; what they may choose from stays what the server expects.
    private mutating func form(_ schema: Value) throws(RuleFault) {
        for (key, properties) in schema.members where key.isText("properties") {
            for (_, field) in properties.members {
                try texts(field, under: ["title", "description", "default"])
            }
        }
    }

    private mutating func messages(_ value: Value) throws(RuleFault) {
        for message in value.elements {
            for (key, content) in message.members where key.isText("content") {
                try blocks(content)
            }
        }
    }
}
