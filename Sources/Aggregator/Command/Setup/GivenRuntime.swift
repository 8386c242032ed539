import Aggregator
import Upstreams

/// A runtime as `--runtime NAME=ARN` gives it.
struct GivenRuntime: Sendable {
    let name: String
    let arn: String
    let runtime: RuntimeName

    /// All that are given, in order; throws for what is none.
    static func all(_ arguments: Arguments) throws(UsageError) -> [Self] {
        var all: [Self] = []
        for text in arguments.lists["runtime"] ?? [] {
            let given = try Self(text, arguments.syntax)
            guard !all.contains(where: { $0.name == given.name }) else {
                throw UsageError("'--runtime' names '\(given.name)' twice", arguments.syntax)
            }
            all.append(given)
        }
        return all
    }

    private init(_ text: String, _ syntax: Syntax) throws(UsageError) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            throw UsageError("'--runtime' must be NAME=ARN, not '\(text)'", syntax)
        }
        name = String(parts[0])
        arn = String(parts[1])
        guard Configuration.Upstream.isName(name) else {
            throw UsageError(
                "'\(name)' cannot be a name: 1 to 20 lower-case letters, digits and '-'", syntax)
        }
        guard let runtime = RuntimeName(arn) else {
            throw UsageError(
                "'\(arn)' is not the ARN of a runtime, "
                    + "'arn:aws:bedrock-agentcore:REGION:ACCOUNT:runtime/ID'", syntax)
        }
        self.runtime = runtime
    }

    /// Its lines in the section `upstreams`.
    var lines: String {
        """
          \(name):
            runtime:
              arn: "\(arn)"
        """
    }
}
