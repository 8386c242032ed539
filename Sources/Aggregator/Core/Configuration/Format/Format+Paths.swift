import Wire

extension Format<Text> {
    /// The path of a file or folder; a relative one starts from the folder of the configuration.
    package static let path = resolved { _ in true }

    /// A program: with a slash a path as above, without one a name to search for.
    package static let program = resolved { $0.utf8.contains(UInt8(ascii: "/")) }

    private static func resolved(
        where isPath: @escaping @Sendable (String) -> Bool
    ) -> Format<Text> {
        Format(filled.schema, show: filled.show) { node, reading in
            guard let text = filled.read(node, &reading) else { return nil }
            guard isPath(text.value), !text.value.hasPrefix("/") else { return text }
            guard let folder = reading.folder else {
                reading.report(
                    "\(reading.place ?? "the path") must begin with '/': a configuration that is no "
                        + "file has no folder for relative paths", at: node.mark)
                return nil
            }
            let rest = text.value.hasPrefix("./") ? text.value.dropFirst(2) : text.value[...]
            let path = folder.hasSuffix("/") ? folder + rest : "\(folder)/\(rest)"
            // Messages may show the whole path unless a part of it came from the environment.
            return Text(path, written: text.isExpanded ? text.written : path)
        }
    }
}
