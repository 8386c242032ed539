import Aggregator
import Machine
import Testing
import Wire

@testable import Signing

@Suite struct SecretsTests {
    private let world = AWSWorld()
    private static let arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:crm-AbCdEf"
    private static let keys = [
        (name: "AWS_ACCESS_KEY_ID", value: "AKID"), (name: "AWS_SECRET_ACCESS_KEY", value: "s"),
    ]

    private func read(_ accounts: AWSAccounts, _ name: String) -> (value: String?, fault: String?) {
        let secrets = world.run { await accounts.secrets([name]) }
        return (secrets?.values[name], secrets?.faults[name])
    }

    @Test("a secret is asked for in its own region, signed, by its ARN")
    func whole() throws {
        world.serve(
            "https://secretsmanager.eu-west-1.amazonaws.com/", 200, #"{"SecretString":"s3"}"#)
        #expect(read(world.accounts(Self.keys), Self.arn).value == "s3")
        let request = try #require(world.requests.first)
        #expect(request["X-Amz-Target"] == "secretsmanager.GetSecretValue")
        #expect(request["Authorization"]?.contains("/eu-west-1/secretsmanager/") == true)
        #expect(request["Authorization"]?.contains("x-amz-target") == true)
        #expect(try Value(validating: request.body)["SecretId"]?.string == Self.arn)
    }

    @Test("a member of a secret that is an object is named after a sign, and bytes may be text")
    func members() {
        let accounts = world.accounts(Self.keys)
        world.serve(
            "https://secretsmanager.", 200, #"{"SecretString":"{\"a\":\"x\",\"n\":7,\"o\":{}}"}"#)
        #expect(read(accounts, Self.arn + "#a").value == "x")
        #expect(read(accounts, Self.arn + "#n").value == "7")
        #expect(read(accounts, Self.arn + "#o").fault == "it has no member of this name")
        world.serve("https://secretsmanager.", 200, #"{"SecretBinary":"czM="}"#)
        #expect(read(accounts, Self.arn).value == "s3")
    }

    @Test("what cannot be read says why, and what could before keeps its value")
    func failing() {
        let accounts = world.accounts(Self.keys)
        #expect(read(accounts, "crm").fault?.contains("not the ARN of a secret") == true)
        world.serve(
            "https://secretsmanager.", 400,
            #"{"__type":"x#ResourceNotFoundException","Message":"m"}"#)
        #expect(read(accounts, Self.arn).fault?.hasSuffix("ResourceNotFoundException") == true)
        world.serve("https://secretsmanager.", 200, #"{"SecretString":"s3"}"#)
        #expect(read(accounts, Self.arn).value == "s3")
        world.serve("https://secretsmanager.", 403, "{}")
        #expect(read(accounts, Self.arn).value == "s3")
        let nobody = world.accounts([("AWS_EC2_METADATA_DISABLED", "true")])
        let fault = read(nobody, Self.arn).fault
        #expect(fault?.hasPrefix("Could not get AWS credentials: ") == true)
    }
}
