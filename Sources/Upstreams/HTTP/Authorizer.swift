import Aggregator
import Machine

protocol Authorizer: Sendable {
    func authorize(_ request: inout HTTPClientRequest) async throws(Failure)
    func refused(_ request: HTTPClientRequest, status: Int, fields: HTTPFields) async -> Bool
}
enum Base64 {
    static func encode(_ bytes: [UInt8]) -> String { "" }
}
