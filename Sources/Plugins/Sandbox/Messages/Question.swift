/// What a worker is asked: to run one rule over one document.
package struct Question: Sendable, Equatable {
    /// The rule, by its place in the list of programs.
    package var rule: UInt32
    /// What `$ctx` is, as JSON; nothing for a program that does not look at it.
    package var context: [UInt8]
    /// The document, as JSON.
    package var document: [UInt8]
    /// Whether the document is a text in which JSON may be written, which the program then gets.
    package var looksInside: Bool
    /// Whether an error is told with the values that it repeats, to the owner of the documents.
    package var showsValues: Bool

    /// A question with every part given.
    package init(
        rule: UInt32, context: [UInt8], document: [UInt8], looksInside: Bool = false,
        showsValues: Bool = false
    ) {
        self.rule = rule
        self.context = context
        self.document = document
        self.looksInside = looksInside
        self.showsValues = showsValues
    }

    /// The frame that says it.
    package var frame: [UInt8] {
        var writer = FrameWriter(capacity: context.count + document.count + 16)
        writer.number(rule)
        writer.byte((looksInside ? 1 : 0) | (showsValues ? 2 : 0))
        writer.part(context)
        writer.rest(document)
        return writer.finish()
    }

    /// Reads a frame; nil when it is none of these.
    package init?(_ frame: [UInt8]) {
        var reader = FrameReader(frame)
        guard let rule = reader.number(), let flags = reader.byte(), flags < 4,
            let context = reader.part()
        else { return nil }
        self.init(
            rule: rule, context: context, document: reader.rest(), looksInside: flags & 1 != 0,
            showsValues: flags & 2 != 0)
    }
}
