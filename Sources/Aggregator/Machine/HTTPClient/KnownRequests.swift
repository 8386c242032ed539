/// What was found out about earlier requests: most of them are like the one before.
struct KnownRequests {
    /// A URL that was asked, and a request to it that was found to be fit to be sent.
    fileprivate struct Entry {
        let address: HTTPAddress
        let proxy: String?
        var method: String
        var fields: [(name: String, value: String)]
    }

    private var entries: [String: Entry] = [:]

    /// How many URLs are kept; after that it begins anew.
    private static let most = 256

    /// Whom a request asks, and through which proxy.
    ///
    /// Throws `.unusable` when a part of it could be read as something else by the server.
    mutating func judge(
        _ request: HTTPClientRequest, _ proxies: ProxyRules
    ) throws(MachineFailure) -> (HTTPAddress, String?) {
        if let entry = entries[request.url] {
            if entry.isLike(request) { return (entry.address, entry.proxy) }
            try request.check()
            entries[request.url]?.method = request.method
            entries[request.url]?.fields = request.fields
            return (entry.address, entry.proxy)
        }
        try request.check()
        let address = try HTTPAddress(request.url)
        let proxy = proxies.proxy(for: address)
        if entries.count >= Self.most { entries = [:] }
        entries[request.url] = Entry(
            address: address, proxy: proxy, method: request.method, fields: request.fields)
        return (address, proxy)
    }
}

extension KnownRequests.Entry {
    /// Whether what was found out about that one holds for this one.
    fileprivate func isLike(_ request: HTTPClientRequest) -> Bool {
        method == request.method && fields.count == request.fields.count
            && zip(fields, request.fields).allSatisfy {
                $0.name == $1.name && $0.value == $1.value
            }
    }
}
