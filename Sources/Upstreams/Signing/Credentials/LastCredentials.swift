import Aggregator

/// The end of the chain: when the machine has no credentials either, the failure says what was tried.
struct LastCredentials: CredentialsProvider {
    let machine: any CredentialsProvider
    let variables: AWSVariables
    /// Whether the environment's keys were looked for.
    let usesEnvironment: Bool

    func credentials() async throws(Failure) -> AWSCredentials {
        do throws(Failure) {
            return try await machine.credentials()
        } catch {
            if error.code == .cancelled { throw error }
            throw Failure(.unavailable, sentence(error.message))
        }
    }

    func refused(_ credentials: AWSCredentials) async -> Bool {
        await machine.refused(credentials)
    }

    private func sentence(_ last: String) -> String {
        let start = Failure.credentials("").message.dropLast()
        let reason = last.hasPrefix(start) ? last.dropFirst(start.count) : last[...]
        let keys = usesEnvironment ? "AWS_ACCESS_KEY_ID is not set, " : ""
        return """
            \(start)\(keys)the profile '\(variables.name)' has none, this is no container of AWS, and \
            \(reason.hasSuffix(".") ? reason.dropLast() : reason). Run 'aws configure sso' or 'aws \
            login', or set AWS_PROFILE to a profile that has some.
            """
    }
}
