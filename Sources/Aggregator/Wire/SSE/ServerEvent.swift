/// One event of a stream, as its blank line dispatched it (HTML, §9.2.6).
package struct ServerEvent: Sendable, Hashable {
    /// Its data, lines joined by line feeds; empty when it only carries an id or a time to wait.
    package var data: [UInt8]
    /// Its name; nil for the usual one, which is `message`.
    package var name: String?
    /// The id that a client gives back to go on behind this event; empty to forget the last one, nil
    /// when the event has none.
    package var id: String?
    /// How long a client waits before it connects again.
    package var retry: Duration?

    /// An event of these parts.
    package init(data: [UInt8], name: String? = nil, id: String? = nil, retry: Duration? = nil) {
        self.data = data
        self.name = name
        self.id = id
        self.retry = retry
    }

    /// Whether it is no message: servers open a stream that can be resumed with an id and empty data.
    package var isPriming: Bool { data.isEmpty }
}
