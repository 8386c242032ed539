import Machine

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A small MCP server on standard input and output, with one of everything that the protocol has.
@main
enum ExampleServer {
    /// Reads the options, serves until the input ends, and exits.
    static func main() {
        exit(run(Array(CommandLine.arguments.dropFirst())))
    }

    private static func run(_ words: [String]) -> Int32 {
        do {
            let options = try Options(words)
            if options.wantsHelp {
                say(Options.help, on: 1)
                return 0
            }
            let loop = try EventLoop.make()
            return loop.run { await serve(options, on: loop) }
        } catch let mistake as Options.Mistake {
            say("example-server: \(mistake.text)\n\n\(Options.help)", on: 2)
            return 2
        } catch {
            say("example-server: \(error)\n", on: 2)
            return 1
        }
    }

    private static func serve(_ options: Options, on loop: EventLoop) async -> Int32 {
        do {
            try await loop.sleep(until: loop.now + options.delay)
            let streams = try StandardStreams.take(on: loop)
            await Session(options, streams.output, loop).run(reading: streams.input)
            return 0
        } catch {
            say("example-server: \(error)\n", on: 2)
            return 1
        }
    }

    private static func say(_ text: String, on descriptor: Int32) {
        DirectOutput.write(Array(text.utf8), to: descriptor)
    }
}
