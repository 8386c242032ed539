import CCurl

/// The fields of a request as libcurl wants them; kept while requests have the same.
///
/// Its lines are in one piece of memory and its links in another: libcurl's own lists take two for
/// each field.
@safe final class FieldList {
    private let fields: [(name: String, value: String)]
    private let hasBody: Bool
    private let text: UnsafeMutableBufferPointer<UInt8>
    private let links: UnsafeMutableBufferPointer<curl_slist>

    /// Makes the list.
    ///
    /// What libcurl would add on its own is left out, so that nothing is sent that is not given or
    /// does not frame the message.
    init(_ fields: [(name: String, value: String)], hasBody: Bool) {
        self.fields = fields
        self.hasBody = hasBody
        let lines = Lines(fields, hasBody: hasBody)
        unsafe text = .allocate(capacity: lines.bytes.count)
        _ = unsafe text.initialize(from: lines.bytes)
        unsafe links = .allocate(capacity: lines.starts.count)
        for (index, start) in lines.starts.enumerated().reversed() {
            let next = index + 1 < lines.starts.count ? unsafe link(index + 1) : nil
            unsafe links.initializeElement(
                at: index, to: curl_slist(data: line(start), next: next))
        }
    }

    deinit {
        unsafe text.deallocate()
        unsafe links.deallocate()
    }

    /// libcurl's list, which lives as long as this.
    var pointer: UnsafeMutablePointer<curl_slist>? { unsafe link(0) }

    private func line(_ start: Int) -> UnsafeMutablePointer<CChar>? {
        unsafe text.baseAddress.map {
            unsafe UnsafeMutableRawPointer($0 + start).assumingMemoryBound(to: CChar.self)
        }
    }

    private func link(_ index: Int) -> UnsafeMutablePointer<curl_slist>? {
        unsafe links.baseAddress.map { unsafe $0 + index }
    }

    /// Whether it says the same.
    func isMade(of other: [(name: String, value: String)], hasBody: Bool) -> Bool {
        guard self.hasBody == hasBody, fields.count == other.count else { return false }
        // From the end, where the signature is: it is what differs.
        return fields.indices.reversed().allSatisfy { fields[$0] == other[$0] }
    }
}

/// The lines of a list, each with a NUL at its end.
private struct Lines {
    private(set) var bytes: [UInt8] = []
    private(set) var starts: [Int] = []

    init(_ fields: [(name: String, value: String)], hasBody: Bool) {
        bytes.reserveCapacity(1024)
        starts.reserveCapacity(fields.count + 4)
        var (givesAccept, givesType, givesEncoding) = (false, !hasBody, false)
        for field in fields {
            append(field.name, field.value)
            givesAccept = givesAccept || HTTPFields.areEqual(field.name, "Accept")
            givesType = givesType || HTTPFields.areEqual(field.name, "Content-Type")
            givesEncoding = givesEncoding || HTTPFields.areEqual(field.name, "Accept-Encoding")
        }
        leaveOut("Expect")
        if !givesAccept { leaveOut("Accept") }
        if !givesType { leaveOut("Content-Type") }
        if !givesEncoding { append("Accept-Encoding", "identity") }
    }

    /// A field; one without a value is written with a semicolon.
    private mutating func append(_ name: String, _ value: String) {
        starts.append(bytes.count)
        bytes.append(contentsOf: name.utf8)
        bytes.append(UInt8(ascii: value.isEmpty ? ";" : ":"))
        if !value.isEmpty { bytes.append(0x20) }
        bytes.append(contentsOf: value.utf8)
        bytes.append(0)
    }

    /// A name with a colon alone means to leave the field out.
    private mutating func leaveOut(_ name: String) {
        starts.append(bytes.count)
        bytes.append(contentsOf: name.utf8)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(0)
    }
}
