package import Aggregator
import Signing

/// The settings of `runtime: {…}`: an MCP server on AgentCore Runtime.
package struct RuntimeSettings: Settings {
    /// Its ARN, if that is how it is named.
    package var arn: Text?
    /// Its id, if that is how it is named.
    package var id: String?
    /// The account of the id.
    package var account: String?
    /// The endpoint that is called; nil for the ARN's, or `DEFAULT`.
    package var qualifier: String?
    /// Where the service is, instead of where AWS says.
    package var endpoint: Text?
    /// How the right to call it is proved.
    package var auth = AgentCoreAuth.iam
    /// Who we are to AWS.
    package var aws = AWSKeys()
    /// On behalf of whom it is called.
    package var userId: Text?
    /// What is sent with every request, in the order of the file.
    package var headers: [HTTPSettings.Header] = []
    /// Whether the session's machine is stopped when it is not needed any more.
    package var stopsAtExit = false

    package init() {}

    /// What the ARN says.
    package var name: RuntimeName? { arn.flatMap { RuntimeName($0.value) } }

    /// The same also of an id, whose region has been found out.
    func name(in region: String) -> RuntimeName? {
        let partition = AWSPartition.of(region: region).id
        let whole =
            "arn:\(partition):bedrock-agentcore:\(region):\(account ?? ""):runtime/\(id ?? "")"
        return name ?? RuntimeName(whole)
    }

    /// The endpoint's name.
    var endpointName: String { qualifier ?? name?.endpoint ?? "DEFAULT" }

    /// What goes into paths, and the account that it needs besides.
    var target: (name: String, account: String?) {
        if let name { return (name.resource, nil) }
        return (id ?? "", account)
    }

    /// The id for people.
    var shownId: String { name?.id ?? id ?? "" }
}
