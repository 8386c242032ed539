#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The environment variables of a process, as one unchanging list.
package struct Environment: Sendable {
    /// Every variable, in order.
    ///
    /// Of two with one name the last counts.
    package let variables: [(name: String, value: String)]

    /// An environment made of these variables.
    package init(_ variables: [(name: String, value: String)]) { self.variables = variables }

    /// What this process was started with.
    ///
    /// Read it once, before there are other threads.
    package static func current() -> Environment {
        var variables: [(name: String, value: String)] = []
        #if canImport(Darwin)
        guard let entries = unsafe _NSGetEnviron().pointee else { return Environment([]) }
        #else
        let entries = unsafe environ
        #endif
        var index = 0
        while let text = unsafe entries[index] {
            let line = unsafe String(cString: text)
            if let equals = line.utf8.firstIndex(of: UInt8(ascii: "=")) {
                let value = line[line.utf8.index(after: equals)...]
                variables.append((String(line[..<equals]), String(value)))
            }
            index += 1
        }
        return Environment(variables)
    }

    /// The value of a variable; nil when it is not set.
    package subscript(name: String) -> String? {
        variables.last { $0.name == name }?.value
    }
}
