#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Threads, by number and for calls that block.
enum Thread {
    /// The thread that asks, as a number that can be compared.
    static var current: UInt {
        #if canImport(Darwin)
        unsafe UInt(bitPattern: pthread_self())
        #else
        UInt(pthread_self())
        #endif
    }

    /// Runs a closure on a new thread; false when the system has none left.
    static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
        let context = unsafe Unmanaged.passRetained(Body(body)).toOpaque()
        if unsafe create(context) == 0 { return true }
        unsafe Unmanaged<Body>.fromOpaque(context).release()
        return false
    }

    private static func create(_ context: UnsafeMutableRawPointer) -> Int32 {
        #if canImport(Darwin)
        var thread: pthread_t?
        #else
        var thread = pthread_t()
        #endif
        return unsafe pthread_create(&thread, nil, { unsafe Thread.main($0) }, context)
    }

    #if canImport(Darwin)
    private static func main(_ context: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
        unsafe run(context)
        return nil
    }
    #else
    private static func main(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        if let context = unsafe context { unsafe run(context) }
        return nil
    }
    #endif

    private static func run(_ context: UnsafeMutableRawPointer) {
        // Nobody joins it: its memory goes when it ends.
        pthread_detach(pthread_self())
        unsafe Unmanaged<Body>.fromOpaque(context).takeRetainedValue().body()
    }

    private final class Body: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
