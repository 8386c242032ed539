extension Value {
    /// The exact integer; nil when it is no number, has a fraction, or does not fit.
    package var integer: Int? {
        guard kind == .number else { return nil }
        let source = bytes.span
        var at = lower
        let isNegative = source.byte(at) == 0x2D
        if isNegative { at += 1 }
        var total = 0
        while at < upper {
            let digit = source.byte(at) &- 0x30
            guard digit < 10 else { return number.flatMap(Int.init(exactly:)) }
            let (product, tooBig) = total.multipliedReportingOverflow(by: 10)
            let step = isNegative ? -Int(digit) : Int(digit)
            let (sum, tooFar) = product.addingReportingOverflow(step)
            guard !tooBig, !tooFar else { return nil }
            total = sum
            at += 1
        }
        return total
    }

    /// The nearest floating-point number; nil when it is no number or beyond the range.
    package var number: Double? {
        guard kind == .number else { return nil }
        guard let double = Double(String(decoding: raw, as: UTF8.self)) else { return nil }
        return double.isFinite ? double : nil
    }
}
