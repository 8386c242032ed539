import Upstreams
import Wire

/// Lines of JSON-RPC that the programs say themselves.
enum DropInLines {
    /// An error for a request; `id` is its token, nil where there was none to be found.
    static func error(_ code: Int, _ message: String, id: [UInt8]?) -> [UInt8] {
        var writer = envelope(id)
        writer.key("error")
        writer.beginObject()
        writer.key("code")
        writer.integer(code)
        writer.key("message")
        writer.string(message)
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }

    /// The result of a tool that failed, for the model to read.
    static func toolError(_ text: String, id: [UInt8], isModern: Bool) -> [UInt8] {
        var writer = envelope(id)
        writer.key("result")
        writer.beginObject()
        if isModern {
            writer.key("resultType")
            writer.string("complete")
        }
        writer.key("content")
        writer.beginArray()
        writer.beginObject()
        writer.key("type")
        writer.string("text")
        writer.key("text")
        writer.string(text)
        writer.endObject()
        writer.endArray()
        writer.key("isError")
        writer.bool(true)
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }

    /// A log message of ours for the client.
    static func log(_ level: String, _ text: String, logger: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("jsonrpc")
        writer.string("2.0")
        writer.key("method")
        writer.string("notifications/message")
        writer.key("params")
        writer.beginObject()
        writer.key("level")
        writer.string(level)
        writer.key("data")
        writer.string(text)
        writer.key("logger")
        writer.string(logger)
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }

    private static func envelope(_ id: [UInt8]?) -> JSONWriter {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("jsonrpc")
        writer.string("2.0")
        writer.key("id")
        writer.raw(id ?? Array("null".utf8))
        return writer
    }
}
