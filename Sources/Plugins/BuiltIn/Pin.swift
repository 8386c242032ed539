package import Aggregator
import Machine
import Synchronization
import Wire

/// Remembers what every tool was when it was first seen, and says or stops it when it becomes another.
///
/// What a tool says about itself is read by models as if its user had said it: a server that changes
/// it later changes what they do.
package final class Pin: Plugin {
    package let name: String
    package let kind = "pin"
    package let scope: Scope
    package let counters = PluginCounters()
    /// Raised when somebody else has changed the file.
    package let again: Signal? = Signal()
    private let settings: PinSettings
    private let tools: PluginTools
    private let state: Mutex<State>

    private struct State {
        var book: PinBook
        /// What the file was when it was read last; nil without one.
        var stamp: FileStamp?
        var isDirty = false
        var isSaving = false
        /// Whether it was read again, and the lists have not been reviewed since.
        var isNews = false
        /// Whether the file cannot be understood; then it is left as it is, and nothing is trusted.
        var isBroken = false
        /// Which changes were spoken of, by the item, and how.
        var remarks: [String: String] = [:]
    }

    /// A plugin that remembers in the file of these settings.
    package init(_ settings: PinSettings, _ tools: PluginTools) {
        name = settings.common.name ?? kind
        scope = settings.common.scope([.catalog])
        self.settings = settings
        self.tools = tools
        state = Mutex(State(book: PinBook()))
        state.withLock { state in
            read(&state)
            state.isNews = false
        }
    }

    package var remarks: [String] {
        state.withLock { $0.remarks.sorted { $0.key < $1.key }.map(\.value) }
    }

    package func review(_ item: Item) -> Item? {
        guard item.kind == .tool else { return item }
        let path = "\(item.upstream)/\(item.originalText)"
        let definition = Canonical.json(Value(item.json, Extent(0..<item.json.count)))
        let remark = state.withLock { state -> String? in
            if state.isBroken { return "" }
            guard let pinned = state.book.definitions[path] else {
                state.isDirty = state.book.pin(path, definition) || state.isDirty
                state.remarks[path] = nil
                return nil
            }
            guard pinned != definition else {
                state.remarks[path] = nil
                return nil
            }
            let remark = Self.remark(path, Canonical.difference(pinned, definition), settings)
            guard state.remarks[path] != remark else { return "" }
            state.remarks[path] = remark
            return remark
        }
        guard let remark else { return item }
        if !remark.isEmpty { tools.log(.warning, "Plugin \(title): \(remark)") }
        return settings.change == .block ? nil : item
    }

    private static func remark(
        _ path: String, _ difference: [String], _ settings: PinSettings
    ) -> String {
        "Tool '\(path)' is not what it was when it was pinned"
            + (settings.change == .block ? ", and is not published" : "") + ": "
            + difference.joined(separator: "; ")
            + ". To accept it, take its line out of '\(settings.file.written)'."
    }

    // MARK: The file

    /// How often it is looked at.
    private static let interval = Duration.seconds(1)

    /// Takes over what somebody else has written: whoever accepts a change takes its line out.
    package func run() async {
        var last = File.stamp(settings.file.value)
        while !Task.isCancelled {
            await tools.time.sleep(for: Self.interval)
            let stamp = File.stamp(settings.file.value)
            // One that is being replaced is missing or empty for a moment, which must accept nothing.
            if takeOver(stamp, isSettled: stamp == last) { again?.raise() }
            last = stamp
        }
    }

    /// Reads the file if it is another one for good; whether that is news for the lists.
    private func takeOver(_ stamp: FileStamp?, isSettled: Bool) -> Bool {
        state.withLock { state in
            if isSettled, !state.isSaving, stamp != state.stamp { read(&state) }
            defer { state.isNews = false }
            return state.isNews
        }
    }

    private func read(_ state: inout State) {
        let path = settings.file.value
        state.stamp = File.stamp(path)
        state.isNews = true
        state.isDirty = false
        state.isBroken = false
        guard state.stamp != nil else {
            state.book = PinBook()
            return
        }
        let bytes: [UInt8]
        do throws(MachineFailure) {
            bytes = try File.read(path, limit: PinBook.limit)
        } catch {
            return breaks(&state, error.message)
        }
        do throws(RuleFault) {
            state.book = try PinBook(bytes)
            state.remarks[""] = nil
        } catch {
            breaks(
                &state,
                "'\(settings.file.written)' \(error.reason). Put it right, or remove it to pin all "
                    + "tools as they are now.")
        }
    }

    private func breaks(_ state: inout State, _ reason: String) {
        state.isBroken = true
        state.remarks[""] =
            reason + (settings.change == .block ? " No tool that it is about is published." : "")
        tools.log(.error, "Plugin \(title): \(reason)")
    }

    package func trial() async -> PluginTrouble? {
        let broken = state.withLock { $0.isBroken ? $0.remarks[""] : nil }
        if let broken { return PluginTrouble(broken) }
        let path = settings.file.value
        return await tools.offLoop.run {
            PluginTrouble(Result { () throws(MachineFailure) in try File.tryReplacing(path) })
        }
    }

    package func save() async {
        guard tools.keepsFiles else { return }
        let path = settings.file.value
        let (bytes, isDue) = state.withLock { state in
            // What its owner has changed meanwhile counts; what was not kept yet is pinned again.
            let isOurs = File.stamp(path) == state.stamp
            state.isSaving = isOurs && state.isDirty && !state.isBroken
            return (state.book.json, state.isSaving)
        }
        guard isDue else { return }
        defer { state.withLock { $0.isSaving = false } }
        do throws(MachineFailure) {
            let stamp = try await tools.offLoop.run { () throws(MachineFailure) in
                try File.replace(path, with: bytes)
                return File.stamp(path)
            }
            state.withLock { state in
                state.isDirty = false
                state.stamp = stamp
            }
        } catch {
            counters.errors.add(1)
            tools.log(.error, "Plugin \(title): \(error.message)")
        }
    }
}
