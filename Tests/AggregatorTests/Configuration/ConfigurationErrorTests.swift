import Testing

@Suite struct ConfigurationErrorTests {
    @Test("an unknown key is shown with its line, a caret and a suggestion")
    func unknownKey() throws {
        let text = """
            server:
              name: tools
            upstreams:
              # the clock
              clock:
                stdio:
                  comand: uvx
                  args: [mcp-server-time]
            """
        #expect(
            try complaint(text) == """
                manifold.yaml:6:5: error: upstream 'clock' needs 'command'
                    stdio:
                """)
    }
}
