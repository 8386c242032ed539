package import Wire

extension Input {
    /// Reads once, straight into the free tail of a line buffer.
    ///
    /// Returns 0 at the end.
    ///
    /// Throws as `readable()` does, and what the system says.
    package func read(into buffer: inout LineBuffer) async throws(MachineFailure) -> Int {
        while true {
            try await readable()
            var hasEnded = false
            let count = try buffer.fill { span throws(MachineFailure) in
                hasEnded = try read(appendingTo: &span) == 0
            }
            if count > 0 || hasEnded { return count }
        }
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
