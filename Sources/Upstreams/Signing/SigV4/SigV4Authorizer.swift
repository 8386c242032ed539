package import Aggregator
package import Machine
import Synchronization

/// Signs what an upstream sends.
///
/// Each request is signed anew, when it is sent. Credentials that are refused as expired are asked for
/// once more, and a clock that is wrong is corrected by the service's.
package final class SigV4Authorizer: Authorizer {
    private let upstream: String
    private let service: String
    private let region: String
    private let provider: any CredentialsProvider
    private let clock: AWSClock
    private let latest = Mutex<AWSCredentials?>(nil)
    private let cache = Mutex(SigningCache())

    /// A signer for an upstream; `service` is the name that is signed for.
    package init(
        upstream: String, service: String, region: String, credentials: any CredentialsProvider,
        clock: AWSClock
    ) {
        self.upstream = upstream
        self.service = service
        self.region = region
        provider = credentials
        self.clock = clock
    }

    package func authorize(_ request: inout HTTPClientRequest) async throws(Failure) {
        let credentials = try await credentials()
        latest.withLock { $0 = credentials }
        do throws(MachineFailure) {
            let terms = SigV4(
                date: Moment.amzDate(clock.now), region: region, service: service)
            try cache.withLock { cache throws(MachineFailure) in
                try cache.sign(&request, terms, credentials)
            }
        } catch {
            throw Failure(
                .unavailable, "Upstream '\(upstream)' was not called. \(error.message)",
                upstream: upstream)
        }
    }

    package func refused(
        _ request: HTTPClientRequest, status: Int, fields: HTTPFields, body: [UInt8]
    ) async -> Bool {
        guard [400, 401, 403].contains(status) else { return false }
        switch AWSRefusal(fields, body) {
        case .clock: return clock.corrects(request["X-Amz-Date"], after: fields)
        case .credentials: return await renew(request)
        case .unknown:
            return status != 400 && clock.corrects(request["X-Amz-Date"], after: fields)
        case .other: return false
        }
    }

    private func renew(_ request: HTTPClientRequest) async -> Bool {
        let sent = request["Authorization"].flatMap(SignatureClaim.init)
        guard let sent, let latest = latest.withLock({ $0 }) else { return false }
        // Another call has had them replaced.
        guard sent.accessKeyId == latest.accessKeyId,
            request["X-Amz-Security-Token"] == latest.sessionToken
        else { return true }
        return await provider.refused(latest)
    }

    private func credentials() async throws(Failure) -> AWSCredentials {
        do throws(Failure) {
            return try await provider.credentials()
        } catch {
            if error.code == .cancelled {
                throw Failure(.cancelled, error.message, upstream: upstream)
            }
            throw Failure(
                error.code, "Upstream '\(upstream)' was not called. \(error.message)",
                upstream: upstream)
        }
    }
}

extension HTTPClientRequest {
    /// Puts a signature into the request, over exactly what is sent.
    ///
    /// Throws for a URL that is none.
    package mutating func sign(
        _ terms: SigV4, _ credentials: AWSCredentials
    ) throws(MachineFailure) {
        var cache = SigningCache()
        try cache.sign(&self, terms, credentials)
    }
}
