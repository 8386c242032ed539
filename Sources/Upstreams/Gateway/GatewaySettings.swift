package import Aggregator
import Machine

/// The settings of `gateway: {…}`: an AgentCore gateway, which has many targets behind one address.
package struct GatewaySettings: Settings {
    /// The tool of a gateway that looks for tools, as it is called there.
    package static let searchTool = "x_amz_bedrock_agentcore_search"

    /// The gateway's address.
    package var url: Text = ""
    /// How the right to call it is proved.
    package var auth = AgentCoreAuth.iam
    /// Who we are to AWS.
    package var aws = AWSKeys()
    /// What is sent with every request, in the order of the file.
    package var headers: [HTTPSettings.Header] = []

    package init() {}

    /// What the address says.
    var host: GatewayHost? {
        (try? HTTPAddress(url.value)).flatMap { GatewayHost($0.host) }
    }
}
