#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A descriptor of a process that does nothing but wait for it: one without an event loop.
package struct BlockingStream: Sendable {
    private let number: Int32

    /// What such a process is told.
    package static let standardInput = BlockingStream(number: 0)
    /// Where such a process answers.
    package static let standardOutput = BlockingStream(number: 1)

    /// Appends what one read brings; returns how many bytes, 0 at the end or when it is broken.
    package func read(into bytes: inout [UInt8]) -> Int {
        let room = 64 * 1024
        let before = bytes.count
        // Growing by what is added each time would copy a large message for every read.
        if bytes.capacity < before + room { bytes.reserveCapacity(2 * before + room) }
        bytes.append(addingCapacity: room) { span in
            unsafe span.withUnsafeMutableBufferPointer { buffer, initialized in
                let tail = unsafe UnsafeMutableRawBufferPointer(
                    rebasing: UnsafeMutableRawBufferPointer(buffer)[initialized...])
                let count = retrying { unsafe take(tail) }
                initialized += max(count, 0)
            }
        }
        return bytes.count - before
    }

    /// Writes all of it; false when nobody reads any more.
    package func write(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                retrying { unsafe give(UnsafeRawBufferPointer(rebasing: buffer[sent...])) }
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    private func take(_ target: UnsafeMutableRawBufferPointer) -> Int {
        #if canImport(Darwin)
        unsafe Darwin.read(number, target.baseAddress, target.count)
        #else
        unsafe Glibc.read(number, target.baseAddress, target.count)
        #endif
    }

    private func give(_ source: UnsafeRawBufferPointer) -> Int {
        #if canImport(Darwin)
        unsafe Darwin.write(number, source.baseAddress, source.count)
        #else
        unsafe Glibc.write(number, source.baseAddress, source.count)
        #endif
    }
}
