import Machine
import Synchronization

/// A key pair that the emulator knows.
struct EmulatedKey: Sendable {
    let accessKeyId: String
    let secretAccessKey: String
    /// What has to come with a signature of a temporary one.
    let sessionToken: String?
    /// When it is not good any more: the time since 1970; nil for never.
    let expires: Duration?
    /// Whose it is, as an ARN.
    let principal: String
}

/// The keys that requests may be signed with.
final class KeyRing: Sendable {
    /// So many temporary ones are remembered; the oldest is forgotten first.
    private static let mostTemporary = 1000

    private struct State {
        var temporary: [String: EmulatedKey] = [:]
        var order: [String] = []
    }

    private let standing: EmulatedKey
    private let account: String
    private let role: RoleSettings
    private let state = Mutex(State())

    init(_ settings: EmulatorSettings) {
        account = settings.account
        role = settings.role
        standing = EmulatedKey(
            accessKeyId: settings.key.accessKeyId, secretAccessKey: settings.key.secretAccessKey,
            sessionToken: nil, expires: nil,
            principal: "arn:aws:iam::\(settings.account):user/emulated")
    }

    /// The key of this id.
    func find(_ accessKeyId: String) -> EmulatedKey? {
        accessKeyId == standing.accessKeyId
            ? standing : state.withLock { $0.temporary[accessKeyId] }
    }

    /// New temporary credentials of the role, good for its life from `now` on.
    func issue(now: Duration) -> EmulatedKey {
        let digits = Digest.hexadecimal(Randomness.bytes(8)).uppercased()
        let key = EmulatedKey(
            accessKeyId: "ASIA\(digits)", secretAccessKey: Digest.hexadecimal(Randomness.bytes(20)),
            sessionToken: Digest.hexadecimal(Randomness.bytes(48)), expires: now + role.life,
            principal: "arn:aws:sts::\(account):assumed-role/\(role.name)/emulator")
        state.withLock { state in
            state.temporary[key.accessKeyId] = key
            state.order.append(key.accessKeyId)
            if state.order.count > Self.mostTemporary {
                state.temporary[state.order.removeFirst()] = nil
            }
        }
        return key
    }
}
