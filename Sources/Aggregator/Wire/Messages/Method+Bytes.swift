extension Method {
    /// The method whose name is exactly `bytes` (already unescaped); `other` when there is none.
    package init(_ bytes: [UInt8]) {
        self.init(plain: bytes.span, from: 0, to: bytes.count)
    }

    /// The method whose name, escaped or not, lies between two offsets of a message.
    init(_ bytes: Span<UInt8>, from lower: Int, to upper: Int) {
        self.init(plain: bytes, from: lower, to: upper)
        if self == .other { self.init(escaped: bytes, from: lower, to: upper) }
    }

    /// Some encoders write `tools\/call`.
    @inline(never)
    private init(escaped bytes: Span<UInt8>, from lower: Int, to upper: Int) {
        let text = ShortText(bytes, from: lower, to: upper)
        guard text.count <= 64 else {
            self = .other
            return
        }
        self.init(plain: text.bytes.span, from: 0, to: text.count)
    }

    /// The length leaves few candidates, so that a look-up compares a few bytes and hashes nothing.
    private init(plain bytes: Span<UInt8>, from lower: Int, to upper: Int) {
        func first(_ one: Method, _ two: Method = .other, _ three: Method = .other) -> Method {
            if one.isSpelled(bytes, from: lower) { return one }
            if two != .other, two.isSpelled(bytes, from: lower) { return two }
            if three != .other, three.isSpelled(bytes, from: lower) { return three }
            return .other
        }
        func either(_ one: Method, _ two: @autoclosure () -> Method) -> Method {
            one == .other ? two() : one
        }
        // What nearly every request is, in two words that overlap.
        if upper - lower == 10, bytes.word(lower) == 0x6163_2F73_6C6F_6F74,
            bytes.word(upper - 8) == 0x6C6C_6163_2F73_6C6F
        {
            self = .toolsCall
            return
        }
        switch upper - lower {
        case 4: self = first(.ping)
        case 9: self = first(.tasksGet)
        case 10:
            self = either(
                first(.toolsCall, .toolsList, .initialize), first(.tasksList, .rootsList))
        case 11: self = first(.promptsGet)
        case 12: self = either(first(.promptsList), first(.tasksResult, .tasksCancel, .tasksUpdate))
        case 14: self = first(.resourcesRead, .resourcesList)
        case 15: self = first(.discover)
        case 16: self = first(.setLevel)
        case 18: self = first(.elicit)
        case 19: self = first(.complete, .resourcesSubscribe, .taskChanged)
        case 20: self = first(.listen)
        case 21: self = first(.message, .resourcesUnsubscribe)
        case 22: self = first(.progress, .createMessage)
        case 23: self = first(.cancelled)
        case 24: self = first(.resourceTemplatesList)
        case 25: self = first(.initialized)
        case 26: self = first(.taskStatus)
        case 31: self = first(.resourceUpdated)
        case 32: self = first(.toolsChanged, .rootsChanged)
        case 34: self = first(.promptsChanged, .elicitationComplete)
        case 36: self = first(.resourcesChanged)
        case 40: self = first(.acknowledged)
        default: self = .other
        }
    }

    /// Whether the bytes from `lower` are its name; the caller has compared the lengths.
    private func isSpelled(_ bytes: Span<UInt8>, from lower: Int) -> Bool {
        let name = name.utf8.span
        for offset in 0..<name.count where name[offset] != bytes.byte(lower + offset) {
            return false
        }
        return true
    }
}
