import Aggregator
import Wire

/// What a program of the owner's can know of what its document is part of: an object.
enum JudgingContext {
    /// Writes the context of a message.
    static func write(_ context: RuleContext, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("hook", context.hook.rawValue)
        writer.member("method", context.method.name)
        writer.member("upstream", context.upstream)
        if let target = context.target, let key = key(of: context.method) {
            writer.member(key, String(decoding: target.original, as: UTF8.self))
        }
        if let caller = context.caller {
            writer.member("client", caller.envelope.clientName)
            writer.member("principal", caller.envelope.principal.name)
            writer.member("session", session(of: caller))
        }
        if let call = context.call {
            writer.key("call")
            writer.raw(call)
        }
        writer.endObject()
    }

    /// Writes the context of an item of a list.
    static func write(_ item: Item, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("hook", Scope.Hook.catalog.rawValue)
        writer.member("upstream", item.upstream)
        writer.member("kind", item.kind.rawValue)
        writer.member(item.kind.rawValue, item.originalText)
        writer.member("name", item.base)
        writer.endObject()
    }

    /// What an item is called that requests of a method are about.
    private static func key(of method: Method) -> String? {
        switch method {
        case .toolsCall: "tool"
        case .promptsGet: "prompt"
        case .resourcesRead, .resourcesSubscribe, .resourcesUnsubscribe: "resource"
        default: nil
        }
    }

    /// Tells sessions apart, and says nothing else: it is another one in each process.
    private static func session(of caller: Caller) -> String {
        let hash = UInt(bitPattern: ObjectIdentifier(caller.links).hashValue)
        return String(hash, radix: 16)
    }
}
