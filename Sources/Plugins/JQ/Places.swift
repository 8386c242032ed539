import Aggregator
import Wire

/// Where in a document the parts are that a program is given one by one, and the document with what
/// became of them.
struct Places {
    /// One part.
    struct Place {
        /// What the program is given.
        let value: Value
        /// The element of a list that is dropped when the program has no output; nil where nothing can be.
        let element: Extent?
        /// Whether it is a text in which there may be JSON.
        let isText: Bool
    }

    /// What became of a part that does not stay as it was.
    enum Change {
        case replaced([UInt8])
        case dropped
    }

    private let document: Value
    private(set) var all: [Place] = []
    private var lists: [Value] = []

    /// The parts of a document.
    init(_ document: Document, _ part: JQSettings.Part) {
        self.document = document.value
        switch (part, document.part) {
        case (.document, _), (_, .arguments), (_, .parameters):
            all = [Place(value: document.value, element: nil, isText: false)]
        case (_, .error): addTexts(document.value, under: "message", of: nil)
        case (_, .result): addResult(document.value, part)
        }
    }

    /// Adds what people and models read in a result: lists of content, and content in messages.
    private mutating func addResult(_ result: Value, _ part: JQSettings.Part) {
        for (key, member) in result.members {
            if key.isText("content") || key.isText("contents") {
                addList(member, part)
            } else if key.isText("messages") {
                addMessages(member, part)
            } else if key.isText("inputRequests") {
                for (_, request) in member.members { addRequest(request, part) }
            } else if key.isText("structuredContent"), part == .text {
                all.append(Place(value: member, element: nil, isText: false))
            }
        }
    }

    private mutating func addMessages(_ messages: Value, _ part: JQSettings.Part) {
        for message in messages.elements {
            for (key, content) in message.members where key.isText("content") {
                addBlock(content, nil, part)
            }
        }
    }

    /// Adds what a person or a model reads of what a server asks in the middle of a call.
    private mutating func addRequest(_ request: Value, _ part: JQSettings.Part) {
        for (key, params) in request.members where key.isText("params") {
            if part == .text {
                addTexts(params, under: "message", of: nil)
                addTexts(params, under: "systemPrompt", of: nil)
            }
            for (key, messages) in params.members where key.isText("messages") {
                addMessages(messages, part)
            }
        }
    }

    private mutating func addList(_ list: Value, _ part: JQSettings.Part) {
        guard list.kind == .array else { return addBlock(list, nil, part) }
        lists.append(list)
        for block in list.elements { addBlock(block, block.extent, part) }
    }

    private mutating func addBlock(_ block: Value, _ element: Extent?, _ part: JQSettings.Part) {
        guard part == .text else {
            return all.append(Place(value: block, element: element, isText: false))
        }
        addTexts(block, under: "text", of: element)
        // An embedded resource has its text one level below.
        for (key, resource) in block.members where key.isText("resource") {
            addTexts(resource, under: "text", of: element)
        }
    }

    private mutating func addTexts(_ object: Value, under name: String, of element: Extent?) {
        for (key, text) in object.members where key.isText(name) && text.kind == .string {
            all.append(Place(value: text, element: element, isText: true))
        }
    }

    /// The document with changes, by the numbers of the parts.
    func written(_ changes: [Int: Change]) -> [UInt8] {
        var splices: [(range: Range<Int>, bytes: [UInt8])] = []
        var dropped: Set<Extent> = []
        for (index, change) in changes {
            switch change {
            case .replaced(let bytes): splices.append((all[index].value.extent.range, bytes))
            case .dropped: if let element = all[index].element { dropped.insert(element) }
            }
        }
        for list in lists { splices += Self.cuts(list, dropped) }
        return Self.splice(document, splices)
    }

    /// What is cut out of a list: elements, each with the comma before it or, at the beginning, after.
    private static func cuts(
        _ list: Value, _ dropped: Set<Extent>
    ) -> [(range: Range<Int>, bytes: [UInt8])] {
        let elements = list.elements.map(\.extent)
        var ranges: [Range<Int>] = []
        var lastKept: Int?
        for (index, element) in elements.enumerated() {
            guard dropped.contains(element) else {
                // All before the first that stays goes with what is between.
                if lastKept == nil, index > 0 {
                    ranges.append(Int(elements[0].lower)..<Int(element.lower))
                }
                lastKept = index
                continue
            }
            if lastKept != nil {
                ranges.append(Int(elements[index - 1].upper)..<Int(element.upper))
            } else if index == elements.count - 1 {
                ranges.append(Int(elements[0].lower)..<Int(element.upper))
            }
        }
        return ranges.map { ($0, []) }
    }

    /// The bytes of a value with others in the place of some; what lies inside of a cut goes with it.
    private static func splice(
        _ value: Value, _ splices: [(range: Range<Int>, bytes: [UInt8])]
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        var at = value.extent.range.lowerBound
        let ordered = splices.sorted {
            ($0.range.lowerBound, -$0.range.count) < ($1.range.lowerBound, -$1.range.count)
        }
        for splice in ordered where splice.range.lowerBound >= at {
            bytes += value.bytes[at..<splice.range.lowerBound]
            bytes += splice.bytes
            at = splice.range.upperBound
        }
        return bytes + value.bytes[at..<value.extent.range.upperBound]
    }
}
