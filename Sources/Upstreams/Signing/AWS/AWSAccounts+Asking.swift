import Aggregator
import Machine
import Wire

extension AWSAccounts {
    /// Asks a service something on our own account: signed, and once more where other credentials or
    /// the right time may help.
    ///
    /// Throws when there is no answer; the failure is about no upstream.
    func ask(
        _ request: HTTPClientRequest, service: AWSService, region: String, _ settings: AWSSettings
    ) async throws(Failure) -> AWSNetwork.Answer {
        let authorizer = SigV4Authorizer(
            upstream: Self.nobody, service: service.signingName, region: region,
            credentials: provider(settings), clock: clock)
        let (sent, answer) = try await ask(request, authorizer)
        guard answer.status != 200,
            await authorizer.refused(
                sent, status: answer.status, fields: answer.fields, body: answer.body)
        else { return answer }
        return try await ask(request, authorizer).answer
    }

    private static let nobody = "nobody"

    private func ask(
        _ request: HTTPClientRequest, _ authorizer: SigV4Authorizer
    ) async throws(Failure) -> (request: HTTPClientRequest, answer: AWSNetwork.Answer) {
        var request = request
        do throws(Failure) {
            try await authorizer.authorize(&request)
        } catch {
            // Not an upstream's: the sentence about it does not fit here.
            let start = "Upstream '\(Self.nobody)' was not called. "
            let reason = error.message.hasPrefix(start) ? error.message.dropFirst(start.count) : ""
            throw Failure(error.code, String(reason))
        }
        do throws(MachineFailure) {
            return (request, try await network.ask(request))
        } catch {
            throw Failure(error.code == .cancelled ? .cancelled : .unavailable, error.message)
        }
    }
}

extension AWSNetwork.Answer {
    /// The name of the error that it is, which is no secret; nil where it says none.
    var code: String? {
        let value = try? Value(validating: body)
        let written = fields["x-amzn-errortype"] ?? (value?["__type"] ?? value?["code"])?.string
        let name = written?.split(separator: "#").last?.prefix { $0 != ":" } ?? ""
        let isName = !name.isEmpty && name.utf8.count <= 60 && name.allSatisfy(\.isLetter)
        return isName ? String(name) : nil
    }
}
