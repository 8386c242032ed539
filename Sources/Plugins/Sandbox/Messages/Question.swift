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

    /// A question with every part given.
    package init(rule: UInt32, context: [UInt8], document: [UInt8], looksInside: Bool = false) {
        self.rule = rule
        self.context = context
        self.document = document
        self.looksInside = looksInside
    }

    /// The frame that says it.
    package var frame: [UInt8] {
        var writer = FrameWriter(capacity: context.count + document.count + 16)
        writer.number(rule)
        writer.byte(looksInside ? 1 : 0)
        writer.part(context)
        writer.rest(document)
        return writer.finish()
    }

    /// Reads a frame; nil when it is none of these.
    package init?(_ frame: [UInt8]) {
        var reader = FrameReader(frame)
        guard let rule = reader.number(), let flag = reader.byte(), flag < 2,
            let context = reader.part()
        else { return nil }
        self.init(
            rule: rule, context: context, document: reader.rest(), looksInside: flag == 1)
    }
}
