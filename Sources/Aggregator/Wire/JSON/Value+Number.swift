extension Value {
    /// The exact integer; nil when it is no number, has an exponent or a fraction, or does not fit.
    ///
    /// A fraction of zeros is none: some languages write every number as `1.0`.
    package var integer: Int? {
        guard kind == .number else { return nil }
        let source = bytes.span
        let isNegative = source.byte(lower) == 0x2D
        var at = isNegative ? lower + 1 : lower
        var total = 0
        while at < upper, source.byte(at) &- 0x30 < 10 {
            let digit = Int(source.byte(at) &- 0x30)
            let (product, tooBig) = total.multipliedReportingOverflow(by: 10)
            let (sum, tooFar) = product.addingReportingOverflow(isNegative ? -digit : digit)
            guard !tooBig, !tooFar else { return nil }
            total = sum
            at += 1
        }
        return isNothing(from: at) ? total : nil
    }

    /// The nearest floating-point number; nil when it is no number or beyond the range.
    package var number: Double? {
        guard kind == .number else { return nil }
        guard let double = Double(String(decoding: raw, as: UTF8.self)) else { return nil }
        return double.isFinite ? double : nil
    }

    /// Whether the rest of a number is nothing, or a point and zeros.
    private func isNothing(from start: Int) -> Bool {
        let source = bytes.span
        guard start < upper else { return true }
        guard source.byte(start) == 0x2E else { return false }
        return bytes[(start + 1)..<upper].allSatisfy { $0 == 0x30 }
    }
}
