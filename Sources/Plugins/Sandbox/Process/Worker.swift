import Machine

/// A copy of the template: answers one question after another until its stream ends.
struct Worker {
    private let engine: Engine

    /// A worker that talks over its standard streams and has nothing else.
    init(_ engine: Engine) { self.engine = engine }

    /// Answers until nobody asks any more, or asks what cannot be understood.
    func run() {
        var cutter = FrameCutter(limit: Template.limit)
        while BlockingStream.standardInput.read(into: &cutter.bytes) > 0 {
            while true {
                do throws(FrameCutter.Fault) {
                    guard let frame = try cutter.next() else { break }
                    guard let question = Question(frame) else { return }
                    #if DEBUG
                    Trespass.tryIfAsked(question)
                    #endif
                    let answer = engine.answer(question).frame
                    guard BlockingStream.standardOutput.write(answer) else { return }
                } catch {
                    return
                }
            }
        }
    }
}
