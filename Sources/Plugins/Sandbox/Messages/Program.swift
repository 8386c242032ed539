/// One rule's program, as the template is given it.
package struct Program: Sendable, Equatable {
    /// The program itself.
    package var text: String
    /// A program that says by its first output whether the rule is meant; nil when it always is.
    package var condition: String?

    /// A program with every part given.
    package init(_ text: String, when condition: String? = nil) {
        self.text = text
        self.condition = condition
    }

    /// The frame that carries a list of programs.
    package static func frame(_ programs: [Program]) -> [UInt8] {
        var writer = FrameWriter()
        for program in programs {
            writer.part(program.text.utf8)
            writer.byte(program.condition == nil ? 0 : 1)
            writer.part((program.condition ?? "").utf8)
        }
        return writer.finish()
    }

    /// The programs of a frame; what is cut short is left out.
    package static func list(_ frame: [UInt8]) -> [Program] {
        var reader = FrameReader(frame)
        var programs: [Program] = []
        while let text = reader.part(), let flag = reader.byte(), let condition = reader.part() {
            programs.append(
                Program(
                    String(decoding: text, as: UTF8.self),
                    when: flag == 0 ? nil : String(decoding: condition, as: UTF8.self)))
        }
        return programs
    }
}
