import Wire

extension Session {
    /// Reads a resource, or one of a template's.
    func read(_ params: Value?) throws(Failure) -> JSON {
        let uri = try uri(params)
        let resource =
            resources.first { $0.uri == uri }
            ?? templates.lazy.compactMap { $0.resource(at: uri) }.first
        guard let resource else {
            throw .refused(code: -32002, "Resource not found.", data: ["uri": .string(uri)])
        }
        return ["contents": [resource.contents]]
    }

    /// The `uri` of a request.
    func uri(_ params: Value?) throws(Failure) -> String {
        guard let uri = params?["uri"]?.string else { throw .invalid("'uri' must be a text.") }
        return uri
    }
}
