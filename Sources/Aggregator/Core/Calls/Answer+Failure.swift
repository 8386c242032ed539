package import Wire

extension Answer {
    /// The only place where a failure becomes something that a client reads.
    ///
    /// An upstream's fault in `tools/call` is a result with `isError`, so that the model sees it;
    /// everything else is a JSON-RPC error.
    package init(
        _ failure: Failure, to method: Method, for revision: Revision = .newestLegacy
    ) {
        if method == .toolsCall, failure.isUpstreamFault {
            self = .result(Self.toolResult(failure), executed: failure.executed)
        } else {
            self = .error(Self.error(failure, revision), executed: failure.executed)
        }
    }

    /// The JSON of an error object.
    package static func error(code: Int, _ message: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("code")
        writer.integer(code)
        writer.key("message")
        writer.string(message)
        writer.endObject()
        return writer.bytes
    }

    private static func error(_ failure: Failure, _ revision: Revision) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("code")
        let isMissing = failure.code == .resourceNotFound
        writer.integer(isMissing ? revision.missingResourceCode : failure.rpcCode)
        writer.key("message")
        writer.string(failure.told)
        if let data = failure.data {
            writer.key("data")
            writer.raw(data)
        } else if failure.upstream != nil {
            writer.key("data")
            write(failure, into: &writer)
        }
        writer.endObject()
        return writer.bytes
    }

    private static func toolResult(_ failure: Failure) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("content")
        writer.beginArray()
        writer.beginObject()
        writer.key("type")
        writer.string("text")
        writer.key("text")
        writer.string(failure.told)
        writer.endObject()
        writer.endArray()
        writer.key("isError")
        writer.bool(true)
        writer.key("_meta")
        write(failure, into: &writer)
        writer.endObject()
        return writer.bytes
    }

    /// Which upstream, whether it may have done the work, and which plugin was against it.
    private static func write(_ failure: Failure, into writer: inout JSONWriter) {
        writer.beginObject()
        if let upstream = failure.upstream {
            writer.key("manifold/upstream")
            writer.string(upstream)
        }
        writer.key("manifold/executed")
        writer.string(failure.executed.rawValue)
        if let rule = failure.rule {
            writer.key("manifold/plugin")
            writer.string(rule)
        }
        if let time = failure.retryAfter {
            writer.key("manifold/retryAfterMs")
            writer.integer(Int(time / .milliseconds(1)))
        }
        writer.endObject()
    }
}
