package import Aggregator
import Synchronization
import Wire

/// Keeps a tool whose schema is broken from clients, some of which refuse a whole list for one.
package final class SchemaCheck: Plugin {
    package let name: String
    package let kind = "schema"
    package let scope: Scope
    package let counters = PluginCounters()
    private let log: Log
    /// What is wrong with which tool.
    private let faults = Mutex<[String: String]>([:])

    /// How many tools are spoken of.
    private static let most = 1000

    /// A plugin that looks at what these settings name.
    package init(_ settings: SchemaSettings, _ tools: PluginTools) {
        name = settings.common.name ?? kind
        scope = settings.common.scope([.catalog])
        log = tools.log
    }

    package var remarks: [String] {
        faults.withLock { $0.sorted { $0.key < $1.key }.map(\.value) }
    }

    package func review(_ item: Item) -> Item? {
        guard item.kind == .tool else { return item }
        let path = "\(item.upstream)/\(item.originalText)"
        guard let fault = Self.fault(Value(item.json, Extent(0..<item.json.count))) else {
            faults.withLock { $0[path] = nil }
            return item
        }
        let remark = "Tool '\(path)' is not published, because its schema is broken: \(fault)"
        let isNew = faults.withLock { faults -> Bool in
            guard faults[path] != remark else { return false }
            if faults.count < Self.most { faults[path] = remark }
            return true
        }
        if isNew { log(.warning, "Plugin \(title): \(remark)") }
        return nil
    }

    /// What is wrong with a tool's schemas; nil when nothing is.
    private static func fault(_ tool: Value) -> String? {
        for key in ["inputSchema", "outputSchema"] {
            if let schema = tool[key], let fault = fault(schema, "/\(key)") { return fault }
        }
        return nil
    }

    private static func fault(_ schema: Value, _ pointer: String) -> String? {
        guard schema.kind == .object else { return "'\(pointer)' must be an object." }
        // MCP, "Tool": the schema of an object.
        guard schema["type"]?.isText("object") == true else {
            return "'\(pointer)/type' must be \"object\"."
        }
        return SchemaReader(root: schema).fault(schema, pointer)
    }
}
