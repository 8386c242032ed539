import Aggregator
import Wire

extension Hub {
    /// The status object as text.
    var status: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writeStatus(into: &writer, names: false)
        writer.endObject()
        return writer.bytes
    }
}
