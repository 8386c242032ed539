import Aggregator
import Machine
import Plugins
import Sandbox
import Synchronization
import Testing

@testable import manifold

/// A test took longer than it may.
struct TookTooLong: Error {}

/// Runs a pool of workers of the program that was built beside the tests, and a body with it.
func withPool(
    _ programs: [Program], ready: Int = 1, deadline: Duration = .seconds(10),
    _ body: @escaping @Sendable (Pool) async throws -> Void
) throws {
    let loop = try EventLoop.make()
    let failure = Mutex<(any Error)?>(nil)
    _ = loop.run {
        var settings = Pool.Settings(ready: ready)
        settings.deadline = deadline
        settings.start = .seconds(50)
        let pool = Pool(
            programs, settings,
            workshop: TemplateWorkshop(loop, executable: program, log: .none), time: loop,
            log: .none)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await pool.run() }
            do {
                try await body(pool)
            } catch {
                failure.withLock { $0 = error }
            }
            group.cancelAll()
        }
        return 0
    }
    if let error = failure.withLock({ $0 }) { throw error }
}

/// The program of this package, which lies beside the one that runs its tests, or is named.
private let program: String = {
    if let named = Environment.current()["MANIFOLD_TEST_WORKERS"] { return named }
    let own = Environment.executablePath ?? ""
    return own[..<(own.lastIndex(of: "/") ?? own.endIndex)] + "/manifold"
}()

/// A question about a rule, in texts.
func question(
    _ rule: UInt32, _ document: String, context: String = "{}", looksInside: Bool = false,
    showsValues: Bool = false
) -> Question {
    Question(
        rule: rule, context: Array(context.utf8), document: Array(document.utf8),
        looksInside: looksInside, showsValues: showsValues)
}

extension Finding {
    /// A changed document, as text.
    static func changed(_ json: String) -> Finding { .changed(Array(json.utf8)) }
}
