/// What happens besides answers.
package enum RelayEvent: Sendable {
    /// Credentials had expired; the request is sent once more.
    case renewingCredentials
    /// The server was not greeted (-32602), or has lost the session (404): it is greeted again.
    case replaying(status: Int?)
    case replayed
    case replayFailed(RelayTrouble)
    /// Something of no consequence for the client, in a sentence.
    case remark(String)
    /// A message that nobody waits for an answer to got none.
    case unheard(RelayTrouble, Parcel)
}

/// How a program speaks: the answers that it gives itself, and what it tells besides.
package protocol RelayVoice: Sendable {
    /// The line that answers a request in the place of its server.
    func answer(_ trouble: RelayTrouble, to id: RelayId, of parcel: Parcel) -> [UInt8]
    /// The lines that the client is told before such an answer.
    func preface(_ trouble: RelayTrouble) -> [[UInt8]]
    /// The line that answers what is no message; `id` is a token, where one was found.
    func refusal(_ reason: String, id: [UInt8]?) -> [UInt8]
    /// Hears what happens; the lines that the client is told of it.
    func hear(_ event: RelayEvent) -> [[UInt8]]
}

/// What a program does to messages that pass; without one they pass as they are.
package protocol RelayFilter: Sendable {
    /// What is sent for a message of the client.
    func outgoing(_ parcel: Parcel, _ relay: Relay) async -> RelayVerdict
    /// What is sent for a message of the relay's own, as somebody; nil for the client.
    func own(_ parcel: Parcel, as name: String?) -> [UInt8]
    /// What the client gets for an answer to one of its requests.
    func incoming(_ parcel: Parcel, answering question: Parcel) -> [UInt8]
}

/// What a filter says of a message of the client.
package enum RelayVerdict: Sendable {
    /// These bytes are sent, as one of the relay's others where a name is given.
    case send([UInt8], as: String? = nil)
    /// Nothing is sent; the client gets these lines as the answers to its requests.
    case answer([(line: [UInt8], id: RelayId)])
}
