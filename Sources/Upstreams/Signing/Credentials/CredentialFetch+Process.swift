import Aggregator
import Machine
import Wire

extension CredentialFetch {
    /// Runs the program of `credential_process`, without a shell.
    func run(
        _ process: CredentialPlan.CredentialProcess
    ) async throws(Failure) -> AWSCredentials {
        let source = "the credential_process of the profile '\(process.profile)'"
        guard let words = try? ShellWords.split(process.command), !words.isEmpty else {
            throw .credentials("\(source) cannot be read: a quote is left open")
        }
        let finished: Child.Finished
        do throws(MachineFailure) {
            finished = try await network.run(words)
        } catch {
            throw .credentials("\(source) failed: \(error.message.withoutPeriod)")
        }
        guard finished.status == .code(0) else {
            // What it wrote may be a secret: its own name is the place to look.
            throw .credentials(
                "\(source) \(finished.status); run it by hand to see why: \(words[0])")
        }
        return try credentials(finished.output, process, source)
    }

    private func credentials(
        _ output: [UInt8], _ process: CredentialPlan.CredentialProcess, _ source: String
    ) throws(Failure) -> AWSCredentials {
        guard let answer = try? Value(validating: output), answer.kind == .object else {
            throw .credentials("\(source) printed something that is not JSON")
        }
        guard answer["Version"]?.integer == 1 else {
            throw .credentials("\(source) printed another version than 1")
        }
        guard let id = answer["AccessKeyId"]?.string,
            let secret = answer["SecretAccessKey"]?.string
        else { throw .credentials("\(source) printed no AccessKeyId or no SecretAccessKey") }
        let expiration = answer["Expiration"]?.string
        let expires = expiration.flatMap(Moment.seconds(iso:))
        guard expiration == nil || expires != nil else {
            throw .credentials("\(source) printed an Expiration that is no moment")
        }
        return AWSCredentials(
            accessKeyId: id, secretAccessKey: secret, sessionToken: answer["SessionToken"]?.string,
            expires: expires, accountId: answer["AccountId"]?.string ?? process.account,
            source: source)
    }
}
