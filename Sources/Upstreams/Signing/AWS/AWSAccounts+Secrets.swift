package import Aggregator
import Machine
import Wire

extension AWSAccounts {
    /// The values of secrets by their ARNs, asked of Secrets Manager; `ARN#key` is one member of a
    /// secret that is a JSON object.
    ///
    /// One that cannot be had now keeps the value that it had before, if any.
    package func secrets(_ names: [String]) async -> Secrets {
        var secrets = Secrets()
        for name in names {
            do throws(Failure) {
                secrets.values[name] = try await secret(name)
            } catch {
                let known = known(name)
                secrets.values[name] = known
                if known == nil { secrets.faults[name] = error.message.withoutPeriod }
            }
        }
        remember(secrets.values)
        return secrets
    }

    private func secret(_ name: String) async throws(Failure) -> String {
        let parts = name.split(separator: "#", maxSplits: 1).map(String.init)
        let arn = parts.first ?? ""
        let fields = arn.split(separator: ":", omittingEmptySubsequences: false)
        // What is no ARN of a secret does not come here: it is no expansion either.
        guard fields.count >= 7 else {
            throw Failure(.unavailable, "it is not the ARN of a secret")
        }
        let text = try await secretText(arn, region: String(fields[3]))
        guard parts.count == 2 else { return text }
        let member = (try? Value(validating: Array(text.utf8)))?[parts[1]]
        guard let member, let value = member.string ?? member.spelling else {
            throw Failure(.unavailable, "it has no member of this name")
        }
        return value
    }

    private func secretText(_ arn: String, region: String) async throws(Failure) -> String {
        let settings = AWSSettings(region: region)
        let endpoint = try endpoint(.secretsManager, region: region, settings)
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("SecretId")
        writer.string(arn)
        writer.endObject()
        let request = AWSNetwork.request(
            "POST", endpoint.url + "/",
            fields: [
                ("Content-Type", "application/x-amz-json-1.1"),
                ("X-Amz-Target", "secretsmanager.GetSecretValue"),
            ], body: writer.bytes)
        let answer = try await ask(
            request, service: .secretsManager, region: endpoint.signingRegion, settings)
        return try Self.text(answer, endpoint)
    }

    private static func text(
        _ answer: AWSNetwork.Answer, _ endpoint: AWSEndpoint
    ) throws(Failure) -> String {
        let value = try? Value(validating: answer.body)
        guard answer.status == 200 else {
            throw Failure(
                .unavailable,
                "\(endpoint.url) answered with \(answer.code ?? "status \(answer.status)")")
        }
        if let text = value?["SecretString"]?.string { return text }
        guard let binary = value?["SecretBinary"]?.text, let bytes = Base64.decode(binary),
            let text = String(validating: bytes, as: UTF8.self)
        else { throw Failure(.unavailable, "the answer of \(endpoint.url) has no text") }
        return text
    }
}

extension Value {
    /// A number or a truth value as it is written; nil for anything else.
    fileprivate var spelling: String? {
        switch kind {
        case .number, .true, .false: String(decoding: raw, as: UTF8.self)
        case .object, .array, .string, .null: nil
        }
    }
}
