extension Input {
    /// Appends what one read brings, at most `limit` bytes, to an array. Returns 0 at the end.
    package func read(into buffer: inout [UInt8], limit: Int = Input.bytesPerTurn)
        async throws(MachineFailure) -> Int
    {
        precondition(limit > 0, "A read of nothing cannot tell the end from a wait.")
        while true {
            try await readable()
            let start = buffer.count
            let room = min(limit, Self.bytesPerTurn)
            buffer.append(contentsOf: repeatElement(0, count: room))
            var count: Int?
            defer { buffer.removeLast(room - (count ?? 0)) }
            count = try read(appending: &buffer, from: start)
            if let count { return count }
        }
    }

    private func read(appending buffer: inout [UInt8], from start: Int)
        throws(MachineFailure) -> Int?
    {
        var result: Result<Int?, MachineFailure> = .success(nil)
        unsafe buffer.withUnsafeMutableBytes { bytes in
            let tail = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[start...])
            do throws(MachineFailure) {
                result = .success(try unsafe read(into: tail))
            } catch {
                result = .failure(error)
            }
        }
        return try result.get()
    }
}
