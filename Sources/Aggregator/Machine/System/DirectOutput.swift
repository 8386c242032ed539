#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Blocking writes for commands that print and end; servers use `Output`.
package enum DirectOutput {
    /// Writes all bytes to a descriptor.
    ///
    /// Gives up when that is not possible, and returns why.
    @discardableResult
    package static func write(_ bytes: [UInt8], to descriptor: Int32) -> MachineFailure? {
        unsafe bytes.withUnsafeBytes { buffer in
            var rest = unsafe buffer[...]
            while unsafe !rest.isEmpty {
                let count = unsafe put(descriptor, UnsafeRawBufferPointer(rebasing: rest))
                if count < 0, errno == EINTR { continue }
                guard count > 0 else {
                    return MachineFailure("Could not write", errno: lastError)
                }
                unsafe rest = rest.dropFirst(count)
            }
            return nil
        }
    }

    private static func put(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
        unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #else
        unsafe Darwin.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }
}
