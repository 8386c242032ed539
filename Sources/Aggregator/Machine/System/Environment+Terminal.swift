#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

extension Environment {
    /// How many characters fit into a line of the terminal at a descriptor; nil when it is none.
    package static func terminalColumns(_ descriptor: Int32) -> Int? {
        var size = winsize()
        #if canImport(Darwin)
        let request: UInt = 0x4008_7468  // TIOCGWINSZ, a macro that is not imported.
        #else
        let request = UInt(TIOCGWINSZ)
        #endif
        guard unsafe ioctl(descriptor, request, &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }
}
