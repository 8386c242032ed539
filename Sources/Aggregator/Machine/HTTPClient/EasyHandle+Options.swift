import CCurl

extension EasyHandle {
    func set(_ option: CURLoption, _ value: Int) {
        unsafe ccurl_set_long(curl.functions, pointer, option, value)
    }

    func set(_ option: CURLoption, _ value: String?) {
        unsafe ccurl_set_text(curl.functions, pointer, option, value)
    }

    /// What is the same for all requests.
    func setUp(_ settings: HTTPClientSettings) {
        unsafe ccurl_set_buffer(curl.functions, pointer, CURLOPT_ERRORBUFFER, errorText)
        // Newer than the oldest libcurl, and a second fence: only http and https come here.
        set(ccurl_protocols, "http,https")
        set(CURLOPT_FOLLOWLOCATION, 0)
        // The bytes that were signed are the bytes that are sent.
        set(CURLOPT_PATH_AS_IS, 1)
        set(CURLOPT_HTTP_CONTENT_DECODING, 0)
        set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
        set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        // An empty text, not nil, keeps libcurl from reading the environment.
        set(CURLOPT_PROXY, "")
        set(CURLOPT_NOPROXY, "")
        let version = settings.usesHTTP2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1
        set(CURLOPT_HTTP_VERSION, version)
        set(CURLOPT_BUFFERSIZE, 64 * 1024)
        set(CURLOPT_TCP_KEEPALIVE, 1)
        set(CURLOPT_MAXAGE_CONN, Int(settings.idleLife.components.seconds))
        // No signal handler is touched, which would be four system calls for every event.
        set(CURLOPT_NOSIGNAL, 1)
        // A cancelled transfer does not wait for the thread that looks its name up.
        set(ccurl_quick_exit, 1)
        // Our own deadlines decide; libcurl's ends after a day.
        set(CURLOPT_CONNECTTIMEOUT_MS, 86_400_000)
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
    }

    func setTrust(_ settings: TrustSettings) {
        guard trust != nil else {
            if let file = settings.file { set(CURLOPT_CAINFO, file) }
            if let folder = settings.folders.first { set(CURLOPT_CAPATH, folder) }
            return
        }
        // Nothing is loaded by libcurl itself: the store comes with the callback.
        set(CURLOPT_CAINFO, nil)
        set(CURLOPT_CAPATH, nil)
        set(CURLOPT_PROXY_CAINFO, nil)
        set(CURLOPT_PROXY_CAPATH, nil)
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe ccurl_set_tls_callback(
            curl.functions, pointer,
            { _, tls, context in unsafe EasyHandle.from(context).prepare(tls: tls) }, context)
    }

    /// libcurl is given the URL both as it is and taken apart: it would do that anew for each request.
    func setURL(_ url: String) {
        set(CURLOPT_URL, url)
        let parts = unsafe ccurl_make_url(curl.functions, url)
        unsafe ccurl_set_url(curl.functions, pointer, parts)
        // After libcurl was told of the new one.
        unsafe ccurl_free_url(curl.functions, self.parts)
        unsafe self.parts = parts
    }

    func setMethod(_ request: HTTPClientRequest) {
        let method = request.method
        let hasBody = !request.body.isEmpty || ["POST", "PUT", "PATCH"].contains(method)
        if hasBody {
            set(CURLOPT_POST, 1)
            setBody(request.body)
            set(CURLOPT_CUSTOMREQUEST, method == "POST" ? nil : method)
        } else {
            set(CURLOPT_HTTPGET, 1)
            if method == "HEAD" { set(CURLOPT_NOBODY, 1) }
            set(CURLOPT_CUSTOMREQUEST, method == "GET" || method == "HEAD" ? nil : method)
        }
    }

    /// libcurl copies the body and sends it, if it is small, in one piece with the head.
    private func setBody(_ body: [UInt8]) {
        bodyCount = body.count
        unsafe ccurl_set_size(
            curl.functions, pointer, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
        unsafe body.withUnsafeBytes { bytes in
            // An empty array may have no address, and nil would mean a body from a callback.
            guard let address = bytes.baseAddress, !body.isEmpty else {
                return set(CURLOPT_COPYPOSTFIELDS, "")
            }
            _ = unsafe ccurl_set_bytes(curl.functions, pointer, CURLOPT_COPYPOSTFIELDS, address)
        }
    }

    func setFields(_ request: HTTPClientRequest) {
        let hasBody = !request.body.isEmpty
        if let list, list.isMade(of: request.fields, hasBody: hasBody) { return }
        let list = FieldList(request.fields, hasBody: hasBody)
        unsafe ccurl_set_list(curl.functions, pointer, CURLOPT_HTTPHEADER, list.pointer)
        // After libcurl was told of the new one.
        self.list = list
    }
}
