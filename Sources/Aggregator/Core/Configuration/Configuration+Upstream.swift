extension Configuration {
    /// One entry of the section `upstreams`: a server behind the aggregator.
    package struct Upstream: Sendable, Equatable {
        /// The entry's key: `[a-z0-9][a-z0-9-]{0,19}`.
        package var name: String
        /// The key that says what kind of upstream it is, such as `stdio`.
        package var kind: String
        /// The kind's own settings, in the kind's own type.
        package var settings: any Settings
        /// What the entry says about its prefix: nil when it says nothing, empty for none.
        package var prefix: String?
        /// The name shown to people.
        package var title: String?
        /// Original tool name to the base of its published name.
        package var rename: [String: String] = [:]
        /// Names or globs of tools that are not published.
        package var hide: [String] = []
        /// Whether the upstream is used at all.
        package var isEnabled = true
        /// Which era of the protocol it speaks.
        package var era = Era.auto
        /// How long to wait for it.
        package var timeouts = Timeouts()
        /// How to stop it.
        package var stop = Stop()

        /// An upstream with defaults for all that its kind does not decide.
        package init(name: String, kind: String, settings: any Settings) {
            self.name = name
            self.kind = kind
            self.settings = settings
        }

        /// Whether a server started for one of the two entries can serve the other.
        func runsLike(_ other: Self) -> Bool {
            kind == other.kind && settings.isEqual(to: other.settings)
                && isEnabled == other.isEnabled && era == other.era
        }

        package static func == (one: Self, other: Self) -> Bool {
            one.name == other.name && one.runsLike(other) && one.prefix == other.prefix
                && one.title == other.title && one.rename == other.rename
                && one.hide == other.hide
                && one.timeouts == other.timeouts && one.stop == other.stop
        }
    }

    /// How it is found out in which way a conversation with an upstream is opened.
    package enum Era: String, Sendable, CaseIterable {
        /// By asking it, which what it answered lately may make needless.
        case auto
        /// With `initialize`: the revisions up to 2025-11-25.
        case legacy
        /// Every request says by itself who asks: the revisions from 2026-07-28 on.
        case modern
    }

    /// How long to wait for an upstream.
    package struct Timeouts: Sendable, Equatable {
        /// For the handshake, and for each page of its lists.
        package var start = Duration.seconds(60)
        /// Without an answer, progress or a question on an open call.
        package var idle = Duration.seconds(300)
        /// For a whole call; nil for no bound.
        package var total: Duration?

        package init() {}
    }

    /// The steps of stopping a child: its input is closed, then SIGTERM, then SIGKILL.
    package struct Stop: Sendable, Equatable {
        /// From the closed input to SIGTERM.
        package var closing = Duration.seconds(2)
        /// From SIGTERM to SIGKILL.
        package var terminating = Duration.seconds(2)

        package init() {}
    }

    /// One entry of the section `plugins`.
    package struct Plugin: Sendable, Equatable {
        /// The entry's one key, such as `hide`.
        package var kind: String
        /// The kind's own settings, in the kind's own type.
        package var settings: any Settings

        /// A plugin of a kind with that kind's settings.
        package init(kind: String, settings: any Settings) {
            self.kind = kind
            self.settings = settings
        }

        package static func == (one: Self, other: Self) -> Bool {
            one.kind == other.kind && one.settings.isEqual(to: other.settings)
        }
    }
}
