import CCurl

/// A socket of libcurl on the loop.
///
/// Interest in reading stays registered between requests, when libcurl has none: to ask anew for
/// each request would cost system calls. It is dropped when something comes that nobody wants.
///
/// `@unchecked Sendable`: used on the loop's thread only.
final class CurlSocket: Watcher, @unchecked Sendable {
    /// The number by which libcurl knows it.
    let number: Int32
    /// Whether it is kept between requests; otherwise it goes when libcurl loses interest.
    let isKept: Bool
    private let watch: Watch
    private weak var multi: CurlMulti?
    private var wantsToRead = false
    private var wantsToWrite = false

    /// Takes over a socket, or a copy of one that libcurl owns.
    init(
        _ descriptor: consuming Descriptor, number: Int32, isKept: Bool, _ multi: CurlMulti,
        on loop: EventLoop
    ) {
        self.number = number
        self.isKept = isKept
        self.multi = multi
        watch = Watch(descriptor, on: loop)
        watch.tell(self)
    }

    /// Follows libcurl's interest (`CURL_POLL_…`).
    func want(_ what: Int32) {
        wantsToRead = what & CURL_POLL_IN != 0 && what != CURL_POLL_REMOVE
        wantsToWrite = what & CURL_POLL_OUT != 0 && what != CURL_POLL_REMOVE
        if wantsToRead { watch.startReading() }
        if wantsToWrite { _ = watch.startWriting() } else { watch.stopWriting() }
    }

    func becameReadable() {
        guard wantsToRead else { return watch.stopReading() }
        multi?.act(number, CURL_CSELECT_IN)
    }

    func becameWritable() {
        guard wantsToWrite else { return watch.stopWriting() }
        multi?.act(number, CURL_CSELECT_OUT)
    }

    /// Closes it.
    func close() { watch.dispose() }
}
