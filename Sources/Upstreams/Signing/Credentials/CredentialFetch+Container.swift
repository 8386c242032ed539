import Aggregator
import Machine
import Wire

extension CredentialFetch {
    private static let attempts = 3
    /// Hosts of ECS and EKS that give out credentials over plain HTTP; nobody else may be asked so.
    private static let trusted = ["169.254.170.2", "169.254.170.23", "fd00:ec2::23", "localhost"]

    /// What the host of a container gives out (ECS, EKS Pod Identity).
    func container() async throws(Failure) -> AWSCredentials {
        let url = try containerURL()
        var fields = [(name: "Accept", value: "application/json")]
        if let token = try containerToken() { fields.append(("Authorization", token)) }
        var request = AWSNetwork.request("GET", url, fields: fields)
        request.deadlines.connect = .seconds(2)
        request.deadlines.firstByte = .seconds(2)
        let body = try await body(request)
        guard let answer = try? Value(validating: body),
            let credentials = Self.credentials(answer, source: "the container's host")
        else { throw .credentials("the answer of the container's host has no credentials") }
        return credentials
    }

    /// Credentials as this host and EC2's metadata service write them.
    static func credentials(_ answer: Value, source: String) -> AWSCredentials? {
        guard let id = answer["AccessKeyId"]?.string,
            let secret = answer["SecretAccessKey"]?.string, let token = answer["Token"]?.string,
            let expires = answer["Expiration"]?.string.flatMap(Moment.seconds(iso:))
        else { return nil }
        return AWSCredentials(
            accessKeyId: id, secretAccessKey: secret, sessionToken: token, expires: expires,
            accountId: answer["AccountId"]?.string, source: source)
    }

    private func body(_ request: HTTPClientRequest) async throws(Failure) -> [UInt8] {
        var reason = ""
        for attempt in 1...Self.attempts {
            do throws(MachineFailure) {
                let answer = try await network.exchange(request, .direct)
                if answer.status == 200 { return answer.body }
                reason = "it answered with status \(answer.status)"
            } catch {
                reason = error.message.withoutPeriod
            }
            if Task.isCancelled { break }
            if attempt < Self.attempts { await network.time.sleep(for: .seconds(1)) }
        }
        throw .credentials("the container's host gives out none: \(reason)")
    }

    private func containerURL() throws(Failure) -> String {
        let environment = variables.environment
        if let path = environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] {
            return "http://169.254.170.2\(path)"
        }
        let url = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] ?? ""
        guard let address = try? HTTPAddress(url) else {
            throw .credentials("AWS_CONTAINER_CREDENTIALS_FULL_URI is not a URL")
        }
        let isNumber = address.isLoopback && address.host.allSatisfy { !$0.isLetter }
        guard address.isSecure || isNumber || Self.trusted.contains(address.host) else {
            throw .credentials(
                """
                AWS_CONTAINER_CREDENTIALS_FULL_URI names '\(address.host)', which would get secrets over \
                plain HTTP; only this machine and \(Self.trusted.joined(separator: ", ")) may
                """)
        }
        return url
    }

    private func containerToken() throws(Failure) -> String? {
        let environment = variables.environment
        var token = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
        if let path = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] {
            token = String(decoding: try read(path), as: UTF8.self)
        }
        guard let token else { return nil }
        guard token.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw .credentials("the authorization token of the container has a line break")
        }
        return token
    }
}
