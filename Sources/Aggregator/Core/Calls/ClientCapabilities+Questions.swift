package import Wire

extension ClientCapabilities {
    /// Something that a server asks for and a client has not said that it can do.
    package enum Missing: Sendable, Hashable {
        case roots, sampling, samplingTools, elicitation, elicitationForm, elicitationURL

        /// Whether the client can do the thing as such, but not in this way.
        package var isVariant: Bool {
            switch self {
            case .roots, .sampling, .elicitation: false
            case .samplingTools, .elicitationForm, .elicitationURL: true
            }
        }

        /// What is missing, as a sentence.
        package var sentence: String {
            switch self {
            case .roots: "The client did not offer 'roots'."
            case .sampling: "The client did not offer 'sampling'."
            case .samplingTools: "The client did not offer 'sampling.tools'."
            case .elicitation: "The client did not offer 'elicitation'."
            case .elicitationForm: "The client did not offer elicitation in form mode."
            case .elicitationURL: "The client did not offer elicitation in URL mode."
            }
        }

        /// The capabilities object that would do.
        package var required: [UInt8] {
            switch self {
            case .roots: Array(#"{"roots":{}}"#.utf8)
            case .sampling: Array(#"{"sampling":{}}"#.utf8)
            case .samplingTools: Array(#"{"sampling":{"tools":{}}}"#.utf8)
            case .elicitation, .elicitationForm: Array(#"{"elicitation":{"form":{}}}"#.utf8)
            case .elicitationURL: Array(#"{"elicitation":{"url":{}}}"#.utf8)
            }
        }
    }

    /// What the client lacks for a question with these parameters; nil when it can be asked.
    package func missing(for method: Method, _ params: Value?) -> Missing? {
        switch method {
        case .rootsList: return roots ? nil : .roots
        case .createMessage:
            guard sampling else { return .sampling }
            let needsTools = params?["tools"] != nil || params?["toolChoice"] != nil
            return needsTools && !samplingTools ? .samplingTools : nil
        case .elicit:
            let isURL = params?["mode"]?.string == "url"
            guard elicitationForm || elicitationURL else {
                return isURL ? .elicitationURL : .elicitation
            }
            if isURL { return elicitationURL ? nil : .elicitationURL }
            return elicitationForm ? nil : .elicitationForm
        default: return nil
        }
    }
}
