import Aggregator

/// The buckets of a limit: each fills with time up to a brim, and a call takes one out of it.
struct LimitTable {
    /// What comes of the wish to call.
    enum Entry {
        /// It counts for these, and gives its place back to them.
        case entered([String])
        /// The bucket is empty for so long.
        case tooOften(Duration)
        case tooMany
    }

    private struct Bucket {
        var tokens: Double
        var filledAt: ContinuousClock.Instant
        var running = 0
        /// How many calls wait for what their client was asked.
        var asked = 0
    }

    private let most: Int
    private let brim: Double
    /// How long one token takes to come; nil without a bound.
    private let interval: Duration?
    private let concurrent: Int?
    private var buckets: [[String]: Bucket] = [:]

    /// So many callers have buckets of their own; more of them share one.
    init(_ settings: LimitSettings, most: Int = 10_000) {
        self.most = most
        brim = Double(settings.burst ?? settings.calls ?? 1)
        interval = settings.calls.map { settings.per / $0 }
        concurrent = settings.concurrent
    }

    /// Takes a token and a place, if there are both.
    ///
    /// A call that goes on has taken its token, but only so often as somebody was asked: the same
    /// request may come again and again.
    mutating func enter(
        _ key: [String], _ now: ContinuousClock.Instant, goesOn: Bool = false
    ) -> Entry {
        let key = place(of: key, now)
        var bucket = buckets[key] ?? Bucket(tokens: brim, filledAt: now)
        fill(&bucket, now)
        defer { buckets[key] = bucket }
        if let concurrent, bucket.running >= concurrent { return .tooMany }
        if goesOn, bucket.asked > 0 {
            bucket.asked -= 1
        } else if let interval {
            guard bucket.tokens >= 1 else {
                return .tooOften(wait(for: 1 - bucket.tokens, interval))
            }
            bucket.tokens -= 1
        }
        bucket.running += 1
        return .entered(key)
    }

    /// Gives a place back; a call that asks comes again.
    mutating func leave(_ key: [String], asks: Bool = false) {
        buckets[key]?.running -= 1
        if asks { buckets[key]?.asked += 1 }
    }

    private func fill(_ bucket: inout Bucket, _ now: ContinuousClock.Instant) {
        guard let interval else { return }
        bucket.tokens = min(brim, bucket.tokens + bucket.filledAt.duration(to: now) / interval)
        bucket.filledAt = now
    }

    /// Rounded up to what people read, so that the next try does not come too early.
    private func wait(for tokens: Double, _ interval: Duration) -> Duration {
        let milliseconds = (interval * tokens) / .milliseconds(1)
        return .milliseconds(Int(milliseconds.rounded(.up)))
    }

    /// The key itself while there is room: a full bucket that nobody uses is as good as none.
    private mutating func place(of key: [String], _ now: ContinuousClock.Instant) -> [String] {
        guard buckets[key] == nil, buckets.count >= most else { return key }
        for (known, bucket) in buckets where bucket.running == 0 && !known.isEmpty {
            var bucket = bucket
            fill(&bucket, now)
            if interval == nil || bucket.tokens >= brim { buckets[known] = nil }
        }
        return buckets.count < most ? key : []
    }
}
