import Aggregator
import Machine
import Wire

extension CredentialFetch {
    private static let path = "latest/meta-data/iam/security-credentials/"

    /// What the metadata service of EC2 gives out; AgentCore's runtimes have one, too.
    func instance() async throws(Failure) -> AWSCredentials {
        guard variables.environment["AWS_EC2_METADATA_DISABLED"]?.lowercased() != "true" else {
            throw .credentials("the metadata service of EC2 is switched off")
        }
        let base = try metadataURL()
        let token = try await metadataToken(base)
        let role = try await metadata(base + Self.path, token, base)
        let name = String(decoding: role, as: UTF8.self)
        guard !name.isEmpty, !name.contains(where: \.isWhitespace) else {
            throw .credentials("the metadata service at \(base) has no role for this machine")
        }
        let answer = try? Value(
            validating: try await metadata(base + Self.path + name, token, base))
        guard let answer,
            var credentials = Self.credentials(
                answer, source: "the role '\(name)' of this machine")
        else { throw .credentials("the metadata service at \(base) gives out no credentials") }
        credentials.expires = extended(credentials.expires)
        return credentials
    }

    /// Credentials that should have been replaced are used on: the service is behind, and the others
    /// of AWS take them in the meantime.
    private func extended(_ expires: Int64?) -> Int64? {
        guard let expires else { return nil }
        let window = Int64(15 * 60 + 120 + network.random() * 480)
        return expires - clock.now <= window ? clock.now + window : expires
    }

    private func metadataURL() throws(Failure) -> String {
        let mode =
            variables[
                "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ec2_metadata_service_endpoint_mode"]?
            .lowercased()
        guard mode == nil || mode == "ipv4" || mode == "ipv6" else {
            throw .credentials("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE is not 'IPv4' or 'IPv6'")
        }
        let isNewer =
            mode.map { $0 == "ipv6" } ?? variables.isSet("AWS_IMDS_USE_IPV6", "imds_use_ipv6")
        let named = variables["AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint"]
        let url = named ?? (isNewer ? "http://[fd00:ec2::254]/" : "http://169.254.169.254/")
        guard (try? HTTPAddress(url)) != nil else {
            throw .credentials("AWS_EC2_METADATA_SERVICE_ENDPOINT is not a URL")
        }
        return url.hasSuffix("/") ? url : "\(url)/"
    }

    /// The token of a session (version 2 of the service); nil where only version 1 is spoken.
    private func metadataToken(_ base: String) async throws(Failure) -> String? {
        let request = metadataRequest(
            "PUT", base + "latest/api/token", [("x-aws-ec2-metadata-token-ttl-seconds", "21600")])
        switch await outcome(request) {
        case .success(let answer) where answer.status == 200:
            return String(decoding: answer.body, as: UTF8.self)
        case .success(let answer) where answer.status == 400:
            throw .credentials("the metadata service at \(base) answered with status 400")
        // Only an answer that was lost on its way back may come by the older version.
        case .failure(let error) where error.delivery != .unknown:
            throw .credentials("the metadata service at \(base) does not answer")
        case .success, .failure: break
        }
        guard !variables.isSet("AWS_EC2_METADATA_V1_DISABLED", "ec2_metadata_v1_disabled") else {
            throw .credentials(
                "the metadata service at \(base) gives no token, and its version 1 is switched off")
        }
        return nil
    }

    private func outcome(
        _ request: HTTPClientRequest
    ) async -> Result<AWSNetwork.Answer, MachineFailure> {
        do throws(MachineFailure) {
            return .success(try await network.exchange(request, .direct))
        } catch {
            return .failure(error)
        }
    }

    private func metadata(
        _ url: String, _ token: String?, _ base: String
    ) async throws(Failure) -> [UInt8] {
        let request = metadataRequest(
            "GET", url, token.map { [("x-aws-ec2-metadata-token", $0)] } ?? [])
        var status = 0
        for _ in 0..<metadataAttempts where !Task.isCancelled {
            guard let answer = try? await network.exchange(request, .direct) else { continue }
            if answer.status == 200, !answer.body.isEmpty { return answer.body }
            status = answer.status
        }
        let reason = status == 0 ? "does not answer" : "answered with status \(status)"
        throw .credentials("the metadata service at \(base) \(reason)")
    }

    private func metadataRequest(
        _ method: String, _ url: String, _ fields: [(name: String, value: String)]
    ) -> HTTPClientRequest {
        var request = AWSNetwork.request(method, url, fields: fields)
        let seconds =
            variables["AWS_METADATA_SERVICE_TIMEOUT", "metadata_service_timeout"].flatMap {
                Int($0)
            }
        let patience = Duration.seconds(max(1, min(seconds ?? 1, 60)))
        request.deadlines.connect = patience
        request.deadlines.firstByte = patience
        return request
    }

    private var metadataAttempts: Int {
        let count = variables["AWS_METADATA_SERVICE_NUM_ATTEMPTS", "metadata_service_num_attempts"]
        return max(1, min(count.flatMap { Int($0) } ?? 1, 10))
    }
}
