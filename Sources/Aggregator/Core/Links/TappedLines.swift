import Wire

/// Lines that are shown to a tap on their way; without a tap nothing stands in the way.
extension LineTransport {
    /// The same, but what is written is seen at a border.
    package func tapped(at border: (any Border)?) -> any LineTransport {
        guard let border else { return self }
        return TappedTransport(transport: self, border: border)
    }
}

extension LineSource {
    /// The same, but what is read is seen at a border.
    package func tapped(at border: (any Border)?) -> any LineSource {
        guard let border else { return self }
        return TappedSource(source: self, border: border)
    }
}

private struct TappedTransport: LineTransport {
    let transport: any LineTransport
    let border: any Border

    func write(_ body: (inout [UInt8]) -> Void) {
        transport.write { buffer in
            let start = buffer.count
            body(&buffer)
            for line in buffer[start...].split(separator: UInt8(ascii: "\n")) {
                border.saw(Array(line), isOutgoing: true)
            }
        }
    }

    var load: (accepted: UInt64, isCongested: Bool) { transport.load }
    var highWater: Int { transport.highWater }
    var sent: UInt64 { transport.sent }
    func drained() async { await transport.drained() }
    func close() { transport.close() }
}

private struct TappedSource: LineSource {
    let source: any LineSource
    let border: any Border

    func fill() async throws(Failure) -> Bool { try await source.fill() }

    func next() -> LineBuffer.Line? {
        let line = source.next()
        if case .complete(let bytes)? = line { border.saw(bytes, isOutgoing: false) }
        return line
    }
}
