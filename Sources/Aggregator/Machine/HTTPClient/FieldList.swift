import CCurl

/// The fields of a request as libcurl wants them; kept while requests have the same.
@safe final class FieldList {
    private let curl: CurlLibrary
    private let fields: [(name: String, value: String)]
    private let hasBody: Bool
    /// libcurl's list.
    private(set) var pointer: UnsafeMutablePointer<curl_slist>?

    /// Makes the list.
    ///
    /// What libcurl would add on its own is left out, so that nothing is sent that is not given or
    /// does not frame the message.
    init(_ curl: CurlLibrary, _ fields: [(name: String, value: String)], hasBody: Bool) {
        self.curl = curl
        self.fields = fields
        self.hasBody = hasBody
        for field in fields {
            // A name with a colon alone means to leave the field out.
            append(field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)")
        }
        append("Expect:")
        if !isGiven("Accept") { append("Accept:") }
        if hasBody, !isGiven("Content-Type") { append("Content-Type:") }
        if !isGiven("Accept-Encoding") { append("Accept-Encoding: identity") }
    }

    deinit { unsafe ccurl_list_free(curl.functions, pointer) }

    /// Whether it says the same.
    func isMade(of other: [(name: String, value: String)], hasBody: Bool) -> Bool {
        self.hasBody == hasBody && fields.count == other.count
            && zip(fields, other).allSatisfy { $0.name == $1.name && $0.value == $1.value }
    }

    private func isGiven(_ name: String) -> Bool {
        fields.contains { HTTPFields.areEqual($0.name, name) }
    }

    private func append(_ line: String) {
        // Nil means that there is no memory, and leaves the list as it was.
        if let longer = unsafe ccurl_list_append(curl.functions, pointer, line) {
            unsafe pointer = longer
        }
    }
}
