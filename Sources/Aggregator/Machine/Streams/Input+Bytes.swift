import Wire

extension Input {
    /// Reads once, straight into the free tail of a line buffer, without waiting.
    ///
    /// Returns the number of bytes, 0 at the end, nil when there is nothing yet.
    func read(into buffer: inout LineBuffer) throws(MachineFailure) -> Int? {
        var count: Int?
        _ = try buffer.fill { span throws(MachineFailure) in
            count = try read(appendingTo: &span)
        }
        return count
    }

    /// Appends what one read brings, at most `limit` bytes, to an array.
    ///
    /// Returns 0 at the end.
    package func read(into buffer: inout [UInt8], limit: Int = Input.bytesPerTurn)
        async throws(MachineFailure) -> Int
    {
        precondition(limit > 0, "A read of nothing cannot tell the end from a wait.")
        while true {
            try await readable()
            var hasEnded = false
            let before = buffer.count
            try buffer.append(addingCapacity: min(limit, Self.bytesPerTurn)) {
                span throws(MachineFailure) in
                hasEnded = try read(appendingTo: &span) == 0
            }
            if buffer.count > before || hasEnded { return buffer.count - before }
        }
    }

    /// Reads once into the free part of a span.
    ///
    /// Returns 0 at the end, nil when there is nothing yet.
    private func read(appendingTo span: inout OutputSpan<UInt8>) throws(MachineFailure) -> Int? {
        try unsafe span.withUnsafeMutableBufferPointer {
            (buffer, initialized) throws(MachineFailure) in
            let all = UnsafeMutableRawBufferPointer(buffer)
            let tail = unsafe UnsafeMutableRawBufferPointer(rebasing: all[initialized...])
            let count = try unsafe read(into: tail)
            initialized += count ?? 0
            return count
        }
    }
}
