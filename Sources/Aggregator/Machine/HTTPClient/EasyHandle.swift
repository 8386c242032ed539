import CCurl

/// One of libcurl's transfer handles: used for one request after another.
///
/// What is the same for all requests is set once, and each request sets everything else, so that
/// nothing has to be reset in between.
///
/// `@unchecked Sendable`: used on the loop's thread only.
@safe final class EasyHandle: Transfer.Course, @unchecked Sendable {
    /// Bodies above this many bytes are not kept for the next request.
    private static let keptBody = 64 * 1024

    let curl: CurlLibrary
    /// libcurl's handle.
    let pointer: UnsafeMutableRawPointer
    let errorText: UnsafeMutablePointer<CChar>
    private(set) weak var multi: CurlMulti?
    var list: FieldList?
    private var url = ""
    /// The URL as libcurl takes it apart; nil where it refuses it, which the transfer then says.
    var parts: OpaquePointer?
    private var proxy = ""
    var bodyCount = 0
    var trust: TrustStore?
    private var isSetUpForTLS = false

    /// What it does at present.
    private(set) var transfer: Transfer?
    /// What the multi handle finds it by.
    var key: UInt { unsafe UInt(bitPattern: pointer) }

    private init(_ curl: CurlLibrary, _ pointer: UnsafeMutableRawPointer, _ multi: CurlMulti) {
        self.curl = curl
        unsafe self.pointer = pointer
        self.multi = multi
        unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        unsafe ccurl_free_easy(curl.functions, pointer)
        unsafe ccurl_free_url(curl.functions, parts)
        unsafe errorText.deallocate()
    }

    /// A handle for the transfers of `multi`.
    static func make(_ curl: CurlLibrary, _ settings: HTTPClientSettings, for multi: CurlMulti)
        throws(MachineFailure) -> EasyHandle
    {
        guard let pointer = unsafe ccurl_make_easy(curl.functions) else {
            throw MachineFailure(.system, "Could not make a transfer: libcurl refused.")
        }
        let handle = unsafe EasyHandle(curl, pointer, multi)
        handle.setUp(settings)
        handle.setCallbacks(multi)
        return handle
    }

    /// Makes it ready to believe the authorities of `trust`, or where libcurl cannot share that,
    /// those of the settings.
    func prepareTLS(_ trust: TrustStore?, _ settings: TrustSettings) {
        guard !isSetUpForTLS else { return }
        isSetUpForTLS = true
        self.trust = trust
        setTrust(settings)
    }

    /// Makes it ready for a request.
    func prepare(_ request: HTTPClientRequest, _ transfer: Transfer, through proxy: String?) {
        self.transfer = transfer
        transfer.start(self)
        unsafe errorText[0] = 0
        if request.url != url {
            url = request.url
            setURL(url)
        }
        if proxy ?? "" != self.proxy {
            self.proxy = proxy ?? ""
            set(CURLOPT_PROXY, self.proxy)
        }
        // To wait whether a connection that is being made can be shared. TLS tells at once; without
        // it, only the first answer would, minutes later perhaps.
        set(CURLOPT_PIPEWAIT, transfer.address.isSecure ? 1 : 0)
        setMethod(request)
        setFields(request)
    }

    /// Forgets the request, and gives the memory of a large body back.
    func finish() {
        transfer = nil
        if bodyCount > Self.keptBody {
            unsafe ccurl_set_bytes(curl.functions, pointer, CURLOPT_POSTFIELDS, nil)
        }
        bodyCount = 0
    }

    func abandon() { multi?.release(self) }

    func look(by deadline: ContinuousClock.Instant) { multi?.sweep(by: deadline) }

    func goOn() {
        guard let transfer, let multi else { return }
        if unsafe ccurl_go_on(curl.functions, pointer) == CURLE_OK { return multi.actOnTime() }
        transfer.abandon(transfer.broken(.tooLarge, "the answer is too large"))
    }

    /// The failure that a code means for the present transfer; nil for success.
    func failure(_ code: CURLcode, _ transfer: Transfer) -> MachineFailure? {
        if code == CURLE_OK { return nil }
        if transfer.isTooLarge { return transfer.broken(.tooLarge, "the answer is too large") }
        if transfer.wasToBeSentAgain {
            return transfer.broken(.closed, "the connection ended without an answer")
        }
        if code == CURLE_WRITE_ERROR { return transfer.broken(.tooLarge, "its head is too large") }
        let status = unsafe ccurl_get_long(curl.functions, pointer, CURLINFO_HTTP_CONNECTCODE)
        if transfer.phase == .connecting, status >= 300 {
            return transfer.broken(.unreachable, "the proxy answered with status \(status)")
        }
        let errno = Int32(unsafe ccurl_get_long(curl.functions, pointer, CURLINFO_OS_ERRNO))
        let meaning =
            CurlFailures.meaning(of: code, errno: errno, detail: detail)
            ?? (.system, "\(curl.reason(code)) (libcurl's code \(code.rawValue))")
        return transfer.broken(meaning.code, meaning.reason, errno: errno)
    }

    /// libcurl's own text, as far as it is printable.
    private var detail: String {
        let text = unsafe String(cString: errorText)
        let printable = text.unicodeScalars.filter { $0.value >= 0x20 && $0.value < 0x7F }
        return String(String.UnicodeScalarView(printable.prefix(200)))
    }
}
