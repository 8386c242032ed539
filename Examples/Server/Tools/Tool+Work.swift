import Wire

/// Tools that take their time, or remember.
extension Tool {
    static let slow = Tool(
        "slow", "Slow", "Works in steps, reports progress and writes a line of the log.",
        input: [
            "steps": .integer("How many steps.", or: 5),
            "delay": .integer("How long a step takes, in milliseconds.", or: 100),
        ]
    ) { session, call throws(Failure) in
        let steps = try call.integer("steps", or: 5, in: 1...100_000)
        let delay = try call.integer("delay", or: 100, in: 0...600_000)
        session.log(.info, ["message": "Slow work begins.", "steps": .integer(steps)])
        for step in 1...steps {
            try await call.pause(.milliseconds(delay))
            if let progress = call.progress(step, of: steps, "Step \(step) of \(steps)") {
                session.notify(.progress, progress)
            }
        }
        return .result(.text("Done in \(steps) steps."))
    }

    static let count = Tool(
        "count", "Count", "Tells how many tool calls have run, this one included.",
        output: ["executions": .integer("How many calls.")]
    ) { session, _ in
        .structured(["executions": .integer(session.executions)])
    }

    static let fail = Tool(
        "fail", "Fail", "Runs and does not succeed.",
        input: ["reason": .text("What to say.", or: "It failed, as asked.")]
    ) { _, call throws(Failure) in
        throw .tool(try call.text("reason", or: "It failed, as asked."))
    }

    static let refuse = Tool(
        "refuse", "Refuse", "Answers with a JSON-RPC error.",
        input: ["code": .integer("The code of the error.", or: -32603)]
    ) { _, call throws(Failure) in
        let code = try call.integer("code", or: -32603, in: Int.min...Int.max)
        throw .refused(code: code, "Refused, as asked.", data: ["tool": "refuse"])
    }

    static let crash = Tool(
        "crash", "Crash", "Ends the server without an answer.",
        input: ["code": .integer("The exit code.", or: 1)], hints: ["destructiveHint": true]
    ) { _, call throws(Failure) in
        let code = try call.integer("code", or: 1, in: 0...255)
        end(Int32(code))
    }
}
