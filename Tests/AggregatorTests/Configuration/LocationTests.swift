import Aggregator
import Testing

@Suite struct LocationTests {
    @Test(
        "the first place that has a configuration wins",
        arguments: [
            ("/f", ["MANIFOLD_CONFIG": "/v"], [], .flag(path: "/f")),
            (
                nil, ["MANIFOLD_CONFIG": "/v", "MANIFOLD_CONFIG_INLINE": "{}"], [],
                .variable(path: "/v")
            ),
            (
                nil, ["MANIFOLD_CONFIG": "", "MANIFOLD_CONFIG_INLINE": "{}", "HOME": "/h"], [user],
                .inline(text: "{}")
            ),
            (nil, ["HOME": "/h"], [user, system], .user(path: user)),
            (nil, ["HOME": "/h", "XDG_CONFIG_HOME": "/x"], [user, system], .system(path: system)),
            (
                nil, ["HOME": "/h", "XDG_CONFIG_HOME": "/x"], ["/x/manifold/manifold.yaml"],
                .user(path: "/x/manifold/manifold.yaml")
            ),
            (nil, ["HOME": "/h", "XDG_CONFIG_HOME": "relative"], [user], .user(path: user)),
            (nil, [:], [system], .system(path: system)),
            (nil, ["HOME": "/h"], [], nil),
            (nil, ["HOME": "/h"], ["manifold.yaml", "./manifold.yaml"], nil),
        ] as [(String?, [String: String], [String], Location?)])
    func order(flag: String?, environment: [String: String], files: [String], expected: Location?) {
        let found = Location.find(flag: flag, environment: environment, exists: files.contains)
        #expect(found == expected)
    }

    @Test("an inline text is not repeated in a log")
    func inline() {
        #expect("\(Location.inline(text: "secret"))" == "$MANIFOLD_CONFIG_INLINE")
        #expect("\(Location.flag(path: "/f"))" == "/f (--config)")
    }

    private static let user = "/h/.config/manifold/manifold.yaml"
    private static let system = "/etc/manifold/manifold.yaml"
}
