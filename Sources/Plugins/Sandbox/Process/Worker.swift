import Machine

/// A copy of the template: answers one question after another until its stream ends.
struct Worker {
    private let engine: Engine
    private let stream: BlockingStream

    /// A worker that talks over this stream and has nothing else.
    init(_ engine: Engine, _ stream: BlockingStream) {
        self.engine = engine
        self.stream = stream
    }

    /// Answers until nobody asks any more, or asks what cannot be understood.
    func run() {
        var cutter = FrameCutter(limit: Template.limit)
        while stream.read(into: &cutter.bytes) > 0 {
            while true {
                do throws(FrameCutter.Fault) {
                    guard let frame = try cutter.next() else { break }
                    guard let question = Question(frame) else { return }
                    #if DEBUG
                    Trespass.tryIfAsked(question)
                    #endif
                    guard stream.write(engine.answer(question).frame) else { return }
                } catch {
                    return
                }
            }
        }
    }
}
