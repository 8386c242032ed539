package import Aggregator

/// Ends calls that take too long as a whole, whatever is heard of them.
package struct Timeout: Plugin {
    package let name: String
    package let kind = "timeout"
    package let scope: Scope
    package let counters = PluginCounters()
    private let after: Duration
    private let time: any Timekeeper

    /// A plugin that ends calls as these settings say.
    package init(_ settings: TimeoutSettings, _ tools: PluginTools) {
        name = settings.common.name ?? kind
        scope = settings.common.scope([.request])
        after = settings.after
        time = tools.time
    }

    package func handle(_ call: Call, next: Next) async throws(Failure) -> Answer {
        var call = call
        // A task of ours waits for the answer, and is cancelled by us, too.
        call.isDirect = false
        let outcome = await time.race(until: time.now.advanced(by: after)) { [call] in
            do throws(Failure) {
                return Result<Answer, Failure>.success(try await next(call))
            } catch {
                return .failure(error)
            }
        }
        if let outcome { return try outcome.get() }
        counters.changes.add(1)
        throw Failure(
            .timeout,
            "Plugin \(title) ended \(call.subject): it took longer than \(after.described).",
            upstream: call.target?.upstream, executed: .unknown, rule: name)
    }
}
