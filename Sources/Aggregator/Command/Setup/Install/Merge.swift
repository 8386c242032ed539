import Aggregator
import Wire

/// A client's file with our entry in it.
///
/// Of an entry that is there already only what starts us is changed: its variables, its further
/// arguments and whatever else it has are its owner's.
package struct Merge: Sendable {
    private var edit: JSONCEdit
    private let path: [String]
    /// What the owner should know, one sentence a line.
    package private(set) var notes: [String] = []

    /// Puts an entry into a section of a file.
    init(
        _ installation: Installation, into existing: [UInt8], section: String,
        env: [EntryVariable]
    ) throws(SetupFailure) {
        edit = try JSONCEdit(existing)
        path = [section, installation.name]
        guard let entry = try edit.value(at: path), entry.kind == .object else {
            var writer = JSONWriter()
            writer.beginObject()
            writer.writeEntry(of: installation, env: env)
            writer.endObject()
            try edit.set(path, to: writer.bytes)
            return
        }
        try edit.set(path + ["type"], to: JSONWriter.quoted("stdio"))
        try edit.set(path + ["command"], to: JSONWriter.quoted(installation.binary))
        try setArguments(of: installation)
        try addVariables(env)
        let foreign = ["url", "headers"].filter { entry[$0] != nil }
        guard !foreign.isEmpty else { return }
        let words = foreign.map { "'\($0)'" }.joined(separator: " and ")
        notes.append("the entry keeps \(words), which say nothing about a program: take them out")
    }

    /// The file.
    package var bytes: [UInt8] { edit.bytes }

    /// Whether a value of the entry's variables is this text.
    func mentions(_ text: String) -> Bool {
        let variables = try? edit.value(at: path + ["env"])
        return variables?.members.contains { $0.value.isText(text) } == true
    }

    /// Adds an element to an array of the file unless it has one with that id.
    mutating func add(
        _ json: [UInt8], withId id: String, to section: String
    ) throws(SetupFailure) {
        let elements = try edit.value(at: [section])?.elements
        guard elements?.contains(where: { $0["id"]?.isText(id) == true }) != true else { return }
        try edit.append(json, to: [section])
    }

    /// Arguments after `serve` are ours, and stay but for the path of the configuration.
    private mutating func setArguments(of installation: Installation) throws(SetupFailure) {
        let path = path + ["args"]
        let old = try edit.value(at: path)?.elements.map(\.self) ?? []
        guard old.first?.isText("serve") == true else {
            if !old.isEmpty {
                notes.append(
                    "the entry's old arguments are gone: they did not begin with 'serve', and so "
                        + "were another program's")
            }
            return try edit.set(path, to: JSONWriter.array(of: installation.arguments))
        }
        let flag = "--config"
        // The last one counts.
        guard
            let last = old.lastIndex(where: {
                $0.isText(flag) || $0.string?.hasPrefix("\(flag)=") == true
            })
        else {
            try edit.append(JSONWriter.quoted(flag), to: path)
            return try edit.append(JSONWriter.quoted(installation.configuration), to: path)
        }
        let configuration = installation.configuration
        if !old[last].isText(flag) {
            try edit.replace(old[last], with: JSONWriter.quoted("\(flag)=\(configuration)"))
        } else if last + 1 < old.count {
            if !old[last + 1].isText(configuration) {
                try edit.replace(old[last + 1], with: JSONWriter.quoted(configuration))
            }
        } else {
            try edit.append(JSONWriter.quoted(configuration), to: path)
        }
    }

    /// Adds the variables that the entry does not set itself.
    private mutating func addVariables(_ env: [EntryVariable]) throws(SetupFailure) {
        let set = try edit.value(at: path + ["env"])?.members.compactMap(\.key.string) ?? []
        let missing = env.filter { !set.contains($0.name) }
        // Would win over what the file says, and we do not read it.
        guard try edit.value(at: path + ["envFile"]) == nil else {
            for variable in missing {
                notes.append(
                    "set \(variable.name) in the 'envFile' of the entry, or in its 'env'")
            }
            return
        }
        for variable in missing {
            try edit.set(path + ["env", variable.name], to: JSONWriter.quoted(variable.value))
        }
    }
}

/// A variable of an entry's `env`, whose value the client fills in.
struct EntryVariable: Sendable {
    let name: String
    let value: String
}

extension JSONWriter {
    /// The members of an entry.
    mutating func writeEntry(of installation: Installation, env: [EntryVariable]) {
        key("type")
        string("stdio")
        key("command")
        string(installation.binary)
        key("args")
        raw(Self.array(of: installation.arguments))
        guard !env.isEmpty else { return }
        key("env")
        beginObject()
        for variable in env {
            key(variable.name)
            string(variable.value)
        }
        endObject()
    }

    fileprivate static func array(of texts: [String]) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginArray()
        for text in texts { writer.string(text) }
        writer.endArray()
        return writer.bytes
    }
}
