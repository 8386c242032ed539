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
        if let index = entries.index(forKey: request.url) {
            let entry = entries.values[index]
            if try entry.isNews(request) { entries.values[index].learn(request) }
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
    /// Whether a request is not like that one; looks at what is different only, which is mostly the
    /// signature.
    fileprivate func isNews(_ request: HTTPClientRequest) throws(MachineFailure) -> Bool {
        var isNews = fields.count != request.fields.count
        if method != request.method {
            try request.checkMethod()
            isNews = true
        }
        for index in request.fields.indices {
            if index < fields.count, fields[index] == request.fields[index] { continue }
            try request.checkField(index)
            isNews = true
        }
        return isNews
    }

    fileprivate mutating func learn(_ request: HTTPClientRequest) {
        (method, fields) = (request.method, request.fields)
    }
}
