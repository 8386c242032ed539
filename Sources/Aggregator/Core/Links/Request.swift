package import Wire

/// Requests that we make on our own account.
package enum Request {
    /// Builds a request or, without an id to replace, a notification of ours.
    ///
    /// `params` writes the members of the params object.
    package static func draft(
        _ method: Method, isNotification: Bool = false,
        params: (inout JSONWriter) -> Void = { _ in }
    ) throws(Failure) -> Draft {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("jsonrpc")
        writer.string("2.0")
        if !isNotification {
            writer.key("id")
            writer.integer(0)
        }
        writer.key("method")
        writer.string(method.name)
        writer.key("params")
        writer.beginObject()
        params(&writer)
        writer.endObject()
        writer.endObject()
        do {
            return Draft(try Message(scanning: writer.bytes))
        } catch {
            throw Failure(.invalidRequest, "Could not build '\(method.name)': \(error.reason)")
        }
    }
}
