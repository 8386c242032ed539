import Fuzz

/// One input of libFuzzer: its first byte says which oracle judges the rest.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let input = unsafe Array(UnsafeBufferPointer(start: data, count: count))
    guard let mode = input.first else { return 0 }
    let rest = Array(input.dropFirst())
    do throws(Broken) {
        switch mode & 3 {
        case 0:
            var oracle = LineOracle(seed: UInt64(mode))
            try oracle.check(rest)
        case 1:
            let oracle = SessionOracle()
            defer { oracle.end() }
            try oracle.check(rest)
        case 2:
            var oracle = RequestOracle(seed: UInt64(mode))
            try oracle.check(rest)
        default:
            var oracle = EventOracle(seed: UInt64(mode))
            try oracle.check(rest)
        }
    } catch {
        fatalError(error.description)
    }
    return 0
}
