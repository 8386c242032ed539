import CCurl

extension EasyHandle {
    func setCallbacks(_ multi: CurlMulti) {
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        let functions = unsafe curl.functions
        unsafe ccurl_set_data_callback(
            functions, pointer, CURLOPT_HEADERFUNCTION, CURLOPT_HEADERDATA,
            { unsafe EasyHandle.from($3).tookLine($0, $1 * $2) }, context)
        unsafe ccurl_set_data_callback(
            functions, pointer, CURLOPT_WRITEFUNCTION, CURLOPT_WRITEDATA,
            { unsafe EasyHandle.from($3).tookBody($0, $1 * $2) }, context)
        unsafe ccurl_set_request_callback(
            functions, pointer, { context, _, _, _, _ in unsafe EasyHandle.from(context).leaves() },
            context)
        unsafe ccurl_set_open_callback(
            functions, pointer,
            { context, _, address in unsafe EasyHandle.from(context).open(address) }, context)
        // A connection outlives the handle that opened it.
        unsafe ccurl_set_close_callback(
            functions, pointer,
            { context, socket in unsafe CurlMulti.from(context).closed(socket) },
            Unmanaged.passUnretained(multi).toOpaque())
    }

    static func from(_ context: UnsafeMutableRawPointer?) -> EasyHandle {
        guard let context = unsafe context else {
            preconditionFailure("libcurl lost a callback's context.")
        }
        return unsafe Unmanaged<EasyHandle>.fromOpaque(context).takeUnretainedValue()
    }

    private func tookLine(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        let line = unsafe [UInt8](UnsafeRawBufferPointer(start: bytes, count: count))
        return transfer?.took(line: line) == true ? count : 0
    }

    private func tookBody(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        let piece = unsafe UnsafeRawBufferPointer(start: bytes, count: count)
        return switch unsafe transfer?.took(body: piece) {
        case .taken: count
        case .later: Int(CURL_WRITEFUNC_PAUSE)
        case .refused, nil: 0
        }
    }

    /// The request is about to leave on a connection that is ready.
    ///
    /// When a kept connection turns out dead, libcurl would send the request once more on another.
    /// It does so after bytes have left too (`Curl_retry_request` asks only whether something came
    /// back), and a server may have read them: so the second time is refused (promise 1). That a
    /// kept connection has not been closed is looked at before it is used, without a byte sent.
    private func leaves() -> Int32 {
        transfer?.leaves() == true
            ? Int32(CURL_PREREQFUNC_OK) : Int32(CURL_PREREQFUNC_ABORT)
    }

    private func open(_ address: UnsafeMutablePointer<curl_sockaddr>?) -> curl_socket_t {
        // A request that has left needs no new connection; see `leaves`.
        guard let address = unsafe address, transfer?.phase == .connecting else {
            _ = transfer?.leaves()
            return CURL_SOCKET_BAD
        }
        return unsafe multi?.open(
            address.pointee.family, address.pointee.socktype, address.pointee.protocol)
            ?? CURL_SOCKET_BAD
    }

    func prepare(tls: UnsafeMutableRawPointer?) -> CURLcode {
        guard let trust else { return CURLE_OK }
        unsafe ccurl_use_store(curl.functions, tls, UnsafeMutableRawPointer(trust.pointer))
        return CURLE_OK
    }
}
