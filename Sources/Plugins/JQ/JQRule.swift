package import Aggregator
import Sandbox
import Wire

/// A rule whose program runs in the pool's workers.
package final class JQRule: Rule {
    package let kind = "jq"
    private let settings: JQSettings
    /// Its program, by its place in the pool's list.
    private let number: UInt32
    /// Whether the program looks at `$ctx`, which costs as much to read as a small document.
    private let seesContext: Bool
    private let pool: Pool
    private let shadow: Shadow
    /// Whether its errors may repeat values: where it is tried over its owner's documents.
    private let showsValues: Bool
    private let reviews = Reviews()

    /// The rule whose program has this number in a pool; what it has watched goes on from an older one.
    package init(
        _ settings: JQSettings, number: Int, _ pool: Pool, after old: JQRule? = nil,
        showsValues: Bool = false
    ) {
        self.showsValues = showsValues
        self.settings = settings
        shadow = old?.shadow ?? Shadow()
        self.number = UInt32(number)
        seesContext = settings.namesContext
        self.pool = pool
    }

    package var remarks: [String] {
        var remarks: [String] = []
        if !pool.isConfined { remarks.append("Its program is not confined on this system.") }
        if settings.isShadow {
            remarks.append(shadow.remark)
        }
        return remarks
    }

    package func judge(
        _ document: Document, _ context: RuleContext
    ) async throws(RuleFault) -> Verdict {
        if context.hook == .notification, !settings.hears(context.method) { return .pass }
        guard settings.isShadow else { return try await verdict(document, context) }
        do throws(RuleFault) {
            let verdict = try await verdict(document, context)
            shadow.note(verdict, document)
        } catch {
            if error.kind != .cancelled { shadow.noteFailure() }
        }
        return .pass
    }

    private func verdict(
        _ document: Document, _ context: RuleContext
    ) async throws(RuleFault) -> Verdict {
        let ctx = written { JudgingContext.write(context, to: &$0) }
        let places = Places(document, settings.part)
        var changes: [Int: Places.Change] = [:]
        for (index, place) in places.all.enumerated() {
            switch try await outcome(place.value, ctx, isText: place.isText) {
            case .stays: break
            case .becomes(let json): changes[index] = .replaced(json)
            case .isRefused(let reason): return .refuse(reason)
            case .hasNone:
                guard settings.empty == .drop, place.element != nil else {
                    return .refuse("its program has no output for it.")
                }
                changes[index] = .dropped
            }
        }
        return changes.isEmpty ? .pass : .replace(places.written(changes))
    }

    /// What becomes of a part.
    private enum Outcome {
        case stays
        case becomes([UInt8])
        case hasNone
        case isRefused(String)
    }

    private func outcome(
        _ value: Value, _ context: [UInt8], isText: Bool
    ) async throws(RuleFault) -> Outcome {
        let question = Question(
            rule: number, context: context, document: value.copy(), looksInside: isText,
            showsValues: showsValues)
        switch try await finding(question) {
        case .unchanged: return .stays
        case .changed(let json):
            guard isText, json.first != UInt8(ascii: "\"") else { return .becomes(json) }
            throw RuleFault("its program made something of a text that is no text.")
        case .empty: return .hasNone
        case .many: throw RuleFault("its program has more than one output.")
        case .failed(let reason): throw RuleFault("its program failed: \(reason).")
        case .lossy(let reason):
            switch settings.lossy {
            case .pass where !settings.guarding.safety.isSecurity: return .stays
            case .refuse: return .isRefused("jq cannot hold it: \(reason).")
            case .pass, nil: throw RuleFault("jq cannot hold it: \(reason).")
            }
        }
    }

    // MARK: Catalog

    package var prepares: Bool { settings.guarding.hooks.contains(.catalog) }

    package func prepare(_ items: [Item]) async {
        await reviews.prepare(items) { (item) async throws(RuleFault) in
            do throws(RuleFault) {
                let edited = try await reviewed(item)
                if settings.isShadow { shadow.note(edited, of: item) }
                return edited
            } catch {
                if settings.isShadow, error.kind != .cancelled { shadow.noteFailure() }
                throw error
            }
        }
    }

    package var again: Signal? { reviews.again }

    package func review(_ item: Item) throws(RuleFault) -> Item? {
        settings.isShadow ? item : try reviews.review(item)
    }

    private func reviewed(_ item: Item) async throws(RuleFault) -> Item? {
        let entry = Value(item.json, Extent(0..<item.json.count))
        let context = written { JudgingContext.write(item, to: &$0) }
        switch try await outcome(entry, context, isText: false) {
        case .stays: return item
        case .becomes(let json): return try item.edited(to: json)
        case .hasNone, .isRefused: return nil
        }
    }

    /// The context that `write` writes, unless nothing looks at it.
    private func written(_ write: (inout JSONWriter) -> Void) -> [UInt8] {
        guard seesContext else { return [] }
        var writer = JSONWriter()
        write(&writer)
        return writer.bytes
    }

    // MARK: Running

    package func run() async {
        await withDiscardingTaskGroup { group in
            // All rules of a configuration share one pool, which the first of them keeps.
            if number == 0 { group.addImmediateTask { await self.pool.run() } }
            var version: UInt64 = 0
            while prepares {
                await pool.changed.wait(after: version)
                if Task.isCancelled { break }
                version = pool.changed.version
                if pool.isReady { reviews.arrived() }
            }
        }
    }

    /// Each pool has a life of its own, though the rules in it go on counting.
    package var life: ObjectIdentifier? { ObjectIdentifier(self) }

    private func finding(_ question: Question) async throws(RuleFault) -> Finding {
        do throws(Failure) {
            return try await pool.evaluate(question)
        } catch {
            if error.code == .cancelled { throw .cancelled }
            throw RuleFault("\(error.message).", pool.isReady ? .failed : .absent)
        }
    }
}
