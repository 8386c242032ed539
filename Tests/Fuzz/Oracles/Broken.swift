/// An invariant that an input has broken.
package struct Broken: Error, CustomStringConvertible {
    package let description: String

    init(_ what: String, _ input: [UInt8]) {
        description = "\(what): \(String(decoding: input, as: UTF8.self).debugDescription)"
    }
}
