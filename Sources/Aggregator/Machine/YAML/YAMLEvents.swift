import CYAML
import Wire

/// The parser of libyaml as a sequence of events; it owns the handle and a copy of the text.
@safe struct YAMLEvents: ~Copyable {
    /// What one event says, copied out of the library's memory.
    enum Event: Sendable, Hashable {
        case streamStart, streamEnd, documentStart, documentEnd, sequenceEnd, mappingEnd
        case alias(String)
        case scalar(Node.Scalar, Properties)
        case sequenceStart(Properties)
        case mappingStart(Properties)
    }

    /// The anchor and the tag before a node.
    struct Properties: Sendable, Hashable {
        var anchor: String?
        var tag: String?
    }

    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let text: UnsafeMutableBufferPointer<UInt8>

    /// A parser at the start of a text, which is UTF-8.
    init(_ bytes: [UInt8]) {
        unsafe parser = .allocate(capacity: 1)
        unsafe text = .allocate(capacity: bytes.count)
        _ = unsafe text.initialize(from: bytes)
        let isReady = unsafe yaml_parser_initialize(parser) == 1
        precondition(isReady, "libyaml could not get memory for a parser")
        unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        unsafe yaml_parser_set_input_string(parser, text.baseAddress, text.count)
    }

    deinit {
        unsafe yaml_parser_delete(parser)
        unsafe parser.deallocate()
        unsafe text.deallocate()
    }

    /// The next event and the place where it begins.
    mutating func next() throws(YAML.Failure) -> (event: Event, mark: Node.Mark) {
        var event = unsafe yaml_event_t()
        guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw failure() }
        defer { unsafe yaml_event_delete(&event) }
        return unsafe (Event(event), Node.Mark(event.start_mark))
    }

    private func failure() -> YAML.Failure {
        let problem = unsafe parser.pointee.problem.map { unsafe String(cString: $0) }
        let context = unsafe parser.pointee.context.map { unsafe String(cString: $0) }
        let reason = [problem ?? "the text cannot be read", context].compactMap(\.self)
        let mark = unsafe Node.Mark(parser.pointee.problem_mark)
        guard unsafe parser.pointee.error == YAML_READER_ERROR else {
            return YAML.Failure(reason.joined(separator: " "), at: mark)
        }
        return YAML.Failure(reason[0], at: place(unsafe parser.pointee.problem_offset))
    }

    /// The place of a byte: what a reader error has instead of a mark.
    private func place(_ offset: Int) -> Node.Mark {
        let before = unsafe text.prefix(offset)
        let line = unsafe before.count { $0 == UInt8(ascii: "\n") } + 1
        let start = unsafe before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let column = unsafe String(decoding: before[start...], as: UTF8.self).unicodeScalars.count
        return Node.Mark(line: line, column: column + 1)
    }
}

extension Node.Mark {
    /// libyaml counts lines and columns from 0.
    fileprivate init(_ mark: yaml_mark_t) {
        self.init(line: mark.line + 1, column: mark.column + 1)
    }
}

extension YAMLEvents.Event {
    fileprivate init(_ event: yaml_event_t) {
        switch unsafe event.type {
        case YAML_STREAM_START_EVENT: self = .streamStart
        case YAML_STREAM_END_EVENT: self = .streamEnd
        case YAML_DOCUMENT_START_EVENT: self = .documentStart
        case YAML_DOCUMENT_END_EVENT: self = .documentEnd
        case YAML_SEQUENCE_END_EVENT: self = .sequenceEnd
        case YAML_MAPPING_END_EVENT: self = .mappingEnd
        case YAML_ALIAS_EVENT: self = unsafe .alias(copied(event.data.alias.anchor) ?? "")
        case YAML_SEQUENCE_START_EVENT:
            let data = unsafe event.data.sequence_start
            self = unsafe .sequenceStart(.init(anchor: copied(data.anchor), tag: copied(data.tag)))
        case YAML_MAPPING_START_EVENT:
            let data = unsafe event.data.mapping_start
            self = unsafe .mappingStart(.init(anchor: copied(data.anchor), tag: copied(data.tag)))
        case YAML_SCALAR_EVENT:
            let data = unsafe event.data.scalar
            let text = unsafe UnsafeBufferPointer(start: data.value, count: data.length)
            let scalar = Node.Scalar(
                unsafe String(decoding: text, as: UTF8.self),
                isQuoted: unsafe data.style != YAML_PLAIN_SCALAR_STYLE)
            self = unsafe .scalar(scalar, .init(anchor: copied(data.anchor), tag: copied(data.tag)))
        default: self = .streamEnd
        }
    }
}

/// A C string of libyaml, copied.
private func copied(_ text: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    unsafe text.map { unsafe String(cString: $0) }
}
