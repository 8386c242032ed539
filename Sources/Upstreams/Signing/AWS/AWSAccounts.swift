package import Aggregator
package import Machine
import Synchronization

/// Who we are to AWS: one for the process, which every upstream asks.
///
/// The files of `~/.aws` are looked at before every use, for uses that follow each other at once a single
/// time, and read when they have changed.
package final class AWSAccounts: Sendable {
    /// What was read of the files, and what follows from it.
    private struct State {
        var stamps: [FileStamp?]?
        var profiles: AWSProfiles?
        /// When the files were found to say that.
        var seen: ContinuousClock.Instant?
        /// The provider for each settings, as long as the files stay the same.
        var resolved: [AWSSettings: any CredentialsProvider] = [:]
        /// What fetches, by plan and profile: kept when files change that do not change these.
        var fetching: [Key: RefreshingCredentials] = [:]
        /// The secrets of the configuration, as they were read last.
        var secrets: [String: String] = [:]
    }

    private struct Key: Hashable {
        let plan: CredentialPlan
        let profile: String
        let settings: AWSProfiles.Section
        let services: AWSProfiles.Section
    }

    /// More plans than this at a time are forgotten, and fetched again if they are needed.
    private static let mostPlans = 256

    /// The time that signatures are made with.
    package let clock: AWSClock
    let environment: Environment
    let network: AWSNetwork
    private let files: FileAccess
    private let places: AWSProfiles.Places
    /// For how long what was seen of the files counts.
    private let glance: Duration
    private let state = Mutex(State())

    /// To look costs two system calls, more than all else that credentials need.
    ///
    /// Whoever changes a file does not mean calls of the same millisecond.
    private static let usualGlance = Duration.milliseconds(1)

    /// Accounts with every part given.
    package init(
        _ environment: Environment, clock: AWSClock, files: FileAccess, network: AWSNetwork,
        glance: Duration
    ) {
        self.glance = glance
        self.environment = environment
        self.clock = clock
        self.files = files
        self.network = network
        places = AWSProfiles.Places(environment)
    }

    /// Accounts as the environment and the files of this machine describe them.
    package convenience init(
        _ environment: Environment, on loop: EventLoop, time: any Timekeeper,
        clock: AWSClock = AWSClock()
    ) {
        self.init(
            environment, clock: clock, files: .machine,
            network: .machine(
                environment, on: loop, time: time, HTTPClientSettings(aws: environment)),
            glance: Self.usualGlance)
    }

    /// Where the credentials for these settings come from.
    package func provider(_ settings: AWSSettings) -> any CredentialsProvider {
        AccountCredentials(accounts: self, settings: settings)
    }

    /// Whose credentials these settings lead to: asks the Security Token Service.
    package func identity(_ settings: AWSSettings) async throws(Failure) -> AWSIdentity {
        let region = (try? region(settings)) ?? "us-east-1"
        let sts = STS(
            endpoint: try endpoint(.sts, region: region, settings), network: network, clock: clock)
        return try await sts.callerIdentity(provider(settings))
    }
}

// MARK: Secrets of the configuration

extension AWSAccounts {
    /// What a secret was when it was read last.
    func known(_ secret: String) -> String? { state.withLock { $0.secrets[secret] } }

    /// Keeps what was read of the secrets that the configuration names now.
    func remember(_ secrets: [String: String]) { state.withLock { $0.secrets = secrets } }
}

// MARK: What is read

extension AWSAccounts {
    /// What the files say now.
    private func profiles() throws(Failure) -> AWSProfiles {
        let now = network.time.now
        let latest = state.withLock { state in
            state.seen.map { now < $0 + glance } ?? false ? state.profiles : nil
        }
        if let latest { return latest }
        let stamps = places.stamps(files)
        let known = state.withLock { state -> AWSProfiles? in
            guard state.stamps == stamps else { return nil }
            state.seen = now
            return state.profiles
        }
        if let known { return known }
        let read = try AWSProfiles(places, files)
        state.withLock { state in
            (state.stamps, state.profiles, state.seen) = (stamps, read, now)
            state.resolved.removeAll()
        }
        return read
    }

    /// Lets the next use look at the files, however soon it comes.
    fileprivate func forgetGlance() { state.withLock { $0.seen = nil } }

    /// What the environment and the settings' profile say.
    func variables(_ settings: AWSSettings) throws(Failure) -> AWSVariables {
        let profiles = try profiles()
        let named =
            settings.profile ?? environment.filled("AWS_DEFAULT_PROFILE")
            ?? environment.filled("AWS_PROFILE")
        let name = named ?? "default"
        guard named == nil || profiles.all[name] != nil else {
            throw .credentials(Self.unknown(name, profiles))
        }
        let profile = profiles.all[name] ?? [:]
        var services: AWSProfiles.Section = [:]
        if let section = profile.text("services") {
            guard let found = profiles.services[section] else {
                throw .credentials(
                    "the section 'services \(section)' of the profile '\(name)' does not exist")
            }
            services = found
        }
        return AWSVariables(
            environment: environment, name: name, profile: profile, services: services)
    }

    private static func unknown(_ name: String, _ profiles: AWSProfiles) -> String {
        let names = profiles.all.keys.sorted().prefix(10).map { "'\($0)'" }
        let known = names.isEmpty ? "there are none" : "there are \(names.joined(separator: ", "))"
        return """
            the profile '\(name)' is neither in \(profiles.configName) nor in \
            \(profiles.credentialsName); \(known)
            """
    }

    /// What fetches for these settings now.
    fileprivate func current(_ settings: AWSSettings) throws(Failure) -> any CredentialsProvider {
        let profiles = try profiles()
        if let known = state.withLock({ $0.resolved[settings] }) { return known }
        let variables = try variables(settings)
        let region = try? region(settings)
        let chain = CredentialChain(profiles, environment, region: region)
        var plan = try chain.plan(variables.name, isExplicit: settings.profile != nil)
        if let role = settings.role { plan = chain.role(role, source: plan) }
        var provider = provider(plan, variables)
        if plan == .instance {
            provider = LastCredentials(
                machine: provider, variables: variables, usesEnvironment: settings.profile == nil)
        }
        state.withLock { [provider] state in
            if state.resolved.count >= Self.mostPlans { state.resolved.removeAll() }
            if state.profiles == profiles { state.resolved[settings] = provider }
        }
        return provider
    }

    /// What carries a plan out; one for all who have the same.
    private func provider(
        _ plan: CredentialPlan, _ variables: AWSVariables
    ) -> any CredentialsProvider {
        switch plan {
        case .environment: return EnvironmentCredentials(environment, clock: clock)
        case .fixed(let credentials): return StaticCredentials(credentials)
        case .role, .webIdentity, .sso, .login, .process, .container, .instance: break
        }
        let key = Key(
            plan: plan, profile: variables.name, settings: variables.profile,
            services: variables.services)
        return state.withLock { state in
            if let known = state.fetching[key] { return known }
            if state.fetching.count >= Self.mostPlans { state.fetching.removeAll() }
            let made = RefreshingCredentials(clock: clock) {
                [weak self] () async throws(Failure) in
                guard let self else { throw .credentials("the process is going down") }
                return try await fetch(variables).fetch(plan)
            }
            state.fetching[key] = made
            return made
        }
    }

    private func fetch(_ variables: AWSVariables) -> CredentialFetch {
        CredentialFetch(
            network: network, files: files, clock: clock, variables: variables,
            endpoint: { [self] (service, region) throws(Failure) in
                try endpoint(service, region: region, variables)
            },
            provider: { [self] plan in provider(plan, variables) })
    }
}

// MARK: Asked for every request

/// The credentials of some settings, whatever the files say at the moment.
private struct AccountCredentials: CredentialsProvider {
    let accounts: AWSAccounts
    let settings: AWSSettings

    func credentials() async throws(Failure) -> AWSCredentials {
        try await accounts.current(settings).credentials()
    }

    func refused(_ credentials: AWSCredentials) async -> Bool {
        accounts.forgetGlance()
        guard let provider = try? accounts.current(settings) else { return false }
        if await provider.refused(credentials) { return true }
        // The files may have changed since: then there are others.
        guard let now = try? await provider.credentials() else { return false }
        return now.accessKeyId != credentials.accessKeyId
            || now.sessionToken != credentials.sessionToken
    }
}
