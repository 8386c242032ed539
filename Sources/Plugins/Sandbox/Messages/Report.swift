package import Machine

/// What the template says of itself and its workers.
package enum Report: Sendable, Equatable {
    /// Every program is compiled; `library` says with what, `isConfined` whether workers can do nothing
    /// but compute.
    case ready(library: String, isConfined: Bool)
    /// These programs are none; nothing will be run.
    case refused([Refusal])
    /// It cannot work at all, and why.
    case unable(String)
    /// How the worker of a place ended.
    case ended(place: UInt32, number: UInt32, status: ExitStatus)

    /// Why a program cannot be run.
    package struct Refusal: Sendable, Equatable {
        /// Which of a rule's texts it is about.
        package enum Part: UInt8, Sendable { case program, condition }

        /// The program, by its place in the list.
        package let rule: UInt32
        package let part: Part
        /// The line of its text, from 1; 0 when that cannot be told.
        package let line: UInt32
        /// A clause without a period.
        package let reason: String

        /// A refusal with every part given.
        package init(rule: UInt32, part: Part = .program, line: UInt32, reason: String) {
            self.rule = rule
            self.part = part
            self.line = line
            self.reason = reason
        }
    }

    private enum Kind: UInt8 {
        case ready, refused, unable, exited, signalled
    }

    /// The frame that says it.
    package var frame: [UInt8] {
        var writer = FrameWriter()
        switch self {
        case .ready(let library, let isConfined):
            writer.byte(Kind.ready.rawValue)
            writer.byte(isConfined ? 1 : 0)
            writer.rest(library.utf8)
        case .refused(let refusals):
            writer.byte(Kind.refused.rawValue)
            for refusal in refusals {
                writer.number(refusal.rule)
                writer.byte(refusal.part.rawValue)
                writer.number(refusal.line)
                writer.part(refusal.reason.utf8)
            }
        case .unable(let reason):
            writer.byte(Kind.unable.rawValue)
            writer.rest(reason.utf8)
        case .ended(let place, let number, let status):
            let (kind, value): (Kind, Int32) =
                switch status {
                case .code(let code): (.exited, code)
                case .signal(let signal): (.signalled, signal)
                }
            writer.byte(kind.rawValue)
            writer.number(place)
            writer.number(number)
            writer.number(UInt32(bitPattern: value))
        }
        return writer.finish()
    }

    /// Reads a frame; nil when it is none of these.
    package init?(_ frame: [UInt8]) {
        var reader = FrameReader(frame)
        guard let kind = reader.byte().flatMap(Kind.init) else { return nil }
        switch kind {
        case .ready:
            guard let flag = reader.byte(), flag < 2 else { return nil }
            self = .ready(
                library: String(decoding: reader.rest(), as: UTF8.self), isConfined: flag == 1)
        case .refused: self = .refused(Self.refusals(&reader))
        case .unable: self = .unable(String(decoding: reader.rest(), as: UTF8.self))
        case .exited, .signalled:
            guard let place = reader.number(), let number = reader.number(),
                let value = reader.number()
            else { return nil }
            let code = Int32(bitPattern: value)
            self = .ended(
                place: place, number: number,
                status: kind == .exited ? .code(code) : .signal(code))
        }
    }

    private static func refusals(_ reader: inout FrameReader) -> [Refusal] {
        var refusals: [Refusal] = []
        while let rule = reader.number(), let part = reader.byte().flatMap(Refusal.Part.init),
            let line = reader.number(), let reason = reader.part()
        {
            let text = String(decoding: reason, as: UTF8.self)
            refusals.append(Refusal(rule: rule, part: part, line: line, reason: text))
        }
        return refusals
    }
}
