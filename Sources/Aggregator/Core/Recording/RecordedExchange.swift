package import Wire

/// One request to an upstream, and all that belongs to it.
package struct RecordedExchange: Sendable {
    package let upstream: String
    package let link: Int
    /// When the request was sent, as ISO 8601 writes it.
    package let at: String
    package let request: Message
    /// Notifications of the upstream in between, in order: progress by its token, and others where
    /// nothing else was under way.
    package internal(set) var notifications: [Message] = []
    /// Requests of the upstream in between, such as sampling, where nothing else was under way.
    package internal(set) var questions: [Message] = []
    /// A result or an error; nil where none was recorded.
    package internal(set) var answer: Message?

    package var method: Method { request.method }

    /// The method's name, also of one that no revision names.
    package var methodName: String {
        request.methodName.map { String(decoding: request[$0], as: UTF8.self) } ?? ""
    }

    /// The tool or prompt that the request names, or the resource.
    package var subject: String? {
        (request.name ?? request.uri).flatMap { request.value($0).string }
    }

    init(_ recorded: RecordedMessage) {
        upstream = recorded.upstream
        link = recorded.link
        at = recorded.at
        request = recorded.message
    }
}
