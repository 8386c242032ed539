import Wire

/// One request: exactly the bytes to send, and how long to wait for what.
package struct HTTPClientRequest: Sendable {
    /// The bounds of one request in time.
    package struct Deadlines: Sendable, Hashable {
        /// Until a connection is there, names and TLS included.
        package var connect = Duration.seconds(10)
        /// From the connection to the first byte of the answer.
        package var firstByte = Duration.seconds(300)
        /// Between two pieces of the answer.
        package var idle = Duration.seconds(300)
        /// Over everything; nil for none.
        package var total: Duration?

        /// The usual bounds.
        package init() {}
    }

    /// The method, as it is sent.
    package var method: String
    /// An absolute `http` or `https` URL, sent as it is: nothing is normalised or encoded.
    package var url: String
    /// The fields, in order.
    ///
    /// `Host` and what frames the message (`Content-Length`, `Transfer-Encoding`, `Connection`,
    /// `Expect`) are the client's; of these only `Host` may be given.
    package var fields: [(name: String, value: String)]
    /// The body, which may be empty.
    package var body: [UInt8]
    /// How long to wait.
    package var deadlines = Deadlines()
    /// The most bytes of the answer's body; nil for no bound, as for a stream of events.
    package var bodyLimit: Int? = 128 << 20

    /// A request with the usual deadlines.
    package init(
        _ method: String, _ url: String, fields: [(name: String, value: String)] = [],
        body: [UInt8] = []
    ) {
        self.method = method
        self.url = url
        self.fields = fields
        self.body = body
    }

    /// The first value of a field, whatever the case of its name.
    package subscript(name: String) -> String? {
        fields.first { HTTPFields.areEqual($0.name, name) }?.value
    }

    /// Replaces every field of this name by one, at the end.
    package mutating func set(_ name: String, _ value: String) {
        fields.removeAll { HTTPFields.areEqual($0.name, name) }
        fields.append((name, value))
    }

    /// Throws `.unusable` when a part could be read as something else by the server.
    func check() throws(MachineFailure) {
        try checkMethod()
        for index in fields.indices { try checkField(index) }
    }

    /// Throws the same for the method alone.
    func checkMethod() throws(MachineFailure) {
        guard FieldName.isWellFormed(method) else {
            throw Self.unusable("its method is not a token")
        }
    }

    /// Throws the same for one field.
    func checkField(_ index: Int) throws(MachineFailure) {
        let field = fields[index]
        guard FieldName.isWellFormed(field.name) else {
            throw Self.unusable("the name of a field is not a token")
        }
        guard FieldValue.isWellFormed(field.value) else {
            throw Self.unusable("the field '\(field.name)' has a control character")
        }
        guard !Self.framing.contains(where: { HTTPFields.areEqual($0, field.name) }) else {
            throw Self.unusable("the field '\(field.name)' is not the caller's to give")
        }
    }

    private static let framing = ["content-length", "transfer-encoding", "connection", "expect"]

    private static func unusable(_ reason: String) -> MachineFailure {
        MachineFailure(.unusable, "Could not make a request: \(reason).", delivery: .notSent)
    }
}
