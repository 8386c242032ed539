import Aggregator
import Machine
import Plugins
import Synchronization
import TestSupport
import Testing

@testable import Sandbox

@Suite(.timeLimit(.minutes(10))) struct PoolTests {
    @Test("a call waits until the programs are compiled, and then gets its answer")
    func waits() {
        let bench = Bench()
        let outcome = bench.ask()
        #expect(outcome.text == nil && bench.workers.isEmpty)
        bench.begin()
        #expect(bench.workers.count == 1 && bench.workers[0].isAsked)
        bench.workers[0].answers.send([0])
        bench.loop.run()
        #expect(outcome.text == "unchanged")
        bench.stop()
    }

    @Test("a worker that is late is closed at its deadline, and another one is there at once")
    func late() {
        let bench = Bench()
        bench.begin()
        let outcome = bench.ask()
        bench.advance(.milliseconds(999))
        #expect(outcome.text == nil && !bench.workers[0].isClosed)
        bench.advance(.milliseconds(1))
        #expect(outcome.text == "it took longer than 1 s and was stopped")
        #expect(bench.workers[0].isClosed)
        #expect(bench.workers.count == 2 && bench.workers[1].place == bench.workers[0].place)
        #expect(bench.workers[1].number != bench.workers[0].number)
        let next = bench.ask()
        bench.workers[1].answers.send([2])
        bench.loop.run()
        #expect(next.text == "empty")
        bench.stop()
    }

    @Test("a worker that has worked before is taken rather than a fresh copy")
    func warm() {
        let bench = Bench(ready: 2)
        bench.begin()
        _ = bench.ask()
        #expect(bench.workers[1].isAsked)
        bench.advance(.seconds(1))
        #expect(bench.workers.count == 3 && bench.workers[1].isClosed)
        _ = bench.ask()
        #expect(bench.workers[0].isAsked && !bench.workers[2].isAsked)
        bench.stop()
    }

    @Test("a call that is cancelled takes its worker with it, for that may never end")
    func cancelled() {
        let bench = Bench()
        bench.begin()
        let outcome = bench.ask()
        outcome.task?.cancel()
        bench.loop.run()
        #expect(outcome.text == "the call was cancelled")
        #expect(bench.workers[0].isClosed && bench.workers.count == 2)
        bench.stop()
    }

    @Test("calls that come at once share the workers that are ready, first come, first served")
    func shared() {
        let bench = Bench()
        bench.begin()
        let outcomes = (0..<40).map { _ in bench.ask() }
        for (index, outcome) in outcomes.enumerated() {
            #expect(bench.workers.count == 1)
            #expect(bench.workers[0].asked.withLock { $0.count } == index + 1)
            #expect(outcome.text == nil)
            bench.workers[0].answers.send([0])
            bench.loop.run()
            #expect(outcome.text == "unchanged")
        }
        bench.stop()
    }

    @Test("workers that are busy for 10 ms get help, which is let go when nobody waits any more")
    func surplus() {
        let bench = Bench()
        bench.begin()
        let outcomes = (0..<3).map { _ in bench.ask() }
        bench.advance(.microseconds(9999))
        #expect(bench.workers.count == 1)
        bench.advance(.microseconds(1))
        #expect(bench.workers.count == 3)
        for worker in bench.workers { worker.answers.send([0]) }
        bench.loop.run()
        #expect(outcomes.allSatisfy { $0.text == "unchanged" })
        #expect(bench.workshop.ended.withLock { $0.count } == 2)
        bench.stop()
    }

    @Test("a call beyond the last worker waits for one, at most as long as a program may take")
    func queue() {
        let bench = Bench()
        bench.begin()
        let busy = (0..<8).map { _ in bench.ask() }
        bench.advance(.milliseconds(10))
        let waiting = bench.ask()
        let unlucky = bench.ask()
        let late = bench.ask()
        bench.advance(.milliseconds(10))
        #expect(bench.workers.count == 8)
        bench.workers[3].answers.send([0])
        bench.loop.run()
        #expect(busy[3].text == "unchanged" && waiting.text == nil)
        #expect(bench.workers[3].asked.withLock { $0.count } == 2)
        bench.workers[3].answers.send([2])
        bench.loop.run()
        #expect(waiting.text == "empty")
        bench.workers[3].answers.send([3])
        bench.loop.run()
        #expect(unlucky.text == "many")
        bench.workers[3].answers.send([0])
        bench.loop.run()
        #expect(late.text == "unchanged")
        bench.stop()
    }

    @Test("whoever waits no longer keeps nothing from those behind")
    func leaving() {
        let bench = Bench()
        bench.begin()
        let first = bench.ask()
        let second = bench.ask()
        let third = bench.ask()
        second.task?.cancel()
        bench.loop.run()
        #expect(second.text == "the call was cancelled")
        bench.workers[0].answers.send([0])
        bench.loop.run()
        #expect(first.text == "unchanged")
        bench.workers[0].answers.send([2])
        bench.loop.run()
        #expect(third.text == "empty" && bench.workers.count == 1)
        bench.stop()
    }

    @Test("those who wait for a worker when the template is lost are told so")
    func lostWaiting() {
        let bench = Bench()
        bench.begin()
        let outcomes = [bench.ask(), bench.ask()]
        bench.workshop.reports.end()
        bench.loop.run()
        #expect(
            outcomes.map(\.text) == [
                "the process that runs programs was lost",
                "the process that runs programs was lost",
            ])
        bench.stop()
    }

    @Test("how a worker ended is told to whoever waited for it")
    func fallen() {
        let bench = Bench()
        bench.begin()
        let outcome = bench.ask()
        bench.workers[0].answers.end()
        bench.loop.run()
        #expect(outcome.text == nil && bench.workers.count == 2)
        bench.workshop.reports.send(
            .ended(place: 0, number: bench.workers[0].number, status: .signal(6)))
        bench.loop.run()
        #expect(outcome.text?.contains("was ended by signal 6") == true)
        #expect(outcome.text?.contains("256 MB") == true)
        bench.stop()
    }

    @Test("two hundred late workers in a row leave one that works, and nobody waits for their end")
    func manyLate() {
        let bench = Bench()
        bench.begin()
        for count in 1...200 {
            let outcome = bench.ask()
            bench.advance(.seconds(1))
            #expect(outcome.text?.contains("took longer") == true)
            #expect(bench.workers.count == count + 1)
        }
        let last = bench.ask()
        bench.workers[200].answers.send([0])
        bench.loop.run()
        #expect(last.text == "unchanged")
        #expect(bench.workers.count { !$0.isClosed } == 1)
        bench.stop()
    }

    @Test("a template that is lost fails what is under way, and is started again")
    func lost() {
        let bench = Bench()
        bench.begin()
        let outcome = bench.ask()
        bench.workshop.reports.end()
        bench.loop.run()
        #expect(outcome.text == "the process that runs programs was lost")
        #expect(bench.workshop.opened.withLock { $0 } == 1)
        bench.advance(.seconds(1))
        #expect(bench.workshop.opened.withLock { $0 } > 1)
        bench.stop()
    }

    @Test("why there is no process is told without a full stop, which whoever tells it adds")
    func noProcess() throws {
        let loop = try EventLoop.make()
        let workshop = TemplateWorkshop(loop, executable: "/nonexistent/manifold", log: .none)
        let code = loop.run {
            do throws(Failure) {
                _ = try workshop.open([Program(".")])
                return 0
            } catch {
                return error.message.hasSuffix(".") || !error.message.contains(": ") ? 1 : 2
            }
        }
        #expect(code == 2)
    }

    @Test("an answer that is none costs the worker its place")
    func garbage() {
        let bench = Bench()
        bench.begin()
        let outcome = bench.ask()
        bench.workers[0].answers.send([77])
        bench.loop.run()
        #expect(outcome.text?.contains("no answer") == true)
        #expect(bench.workers[0].isClosed && bench.workers.count == 2)
        bench.stop()
    }

    @Test("an answer to nothing is nobody's, and its worker is given up")
    func unasked() {
        let bench = Bench()
        bench.begin()
        bench.workers[0].answers.send([3])
        bench.loop.run()
        #expect(bench.workers[0].isClosed && bench.workers.count == 2)
        let outcome = bench.ask()
        bench.workers[1].answers.send([0])
        bench.loop.run()
        #expect(outcome.text == "unchanged")
        bench.stop()
    }

    @Test("programs that are none are told of, and nothing is run or tried again")
    func refused() {
        let bench = Bench()
        bench.workshop.reports.send(
            .refused([Report.Refusal(rule: 0, line: 1, reason: "foo/0 is not defined")]))
        bench.workshop.reports.end()
        bench.loop.run()
        #expect(bench.ask().text?.contains("foo/0 is not defined") == true)
        bench.advance(.seconds(100))
        #expect(bench.workshop.opened.withLock { $0 } == 1)
        bench.stop()
    }
}
