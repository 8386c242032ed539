import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A private file to which whole lines are appended, and which is set aside when it has grown.
///
/// A line is one system call, so that it is there whatever becomes of this process, and lines of
/// processes that share a file do not mix. When somebody else moves the file away or removes it, another
/// one is begun within a second. Every call blocks for as long as the disk does.
package final class AppendFile: Sendable {
    private let path: String
    private let limit: Int
    private let kept: Int
    private let isOwn: Bool
    private let mark: [UInt8]
    private let opening: @Sendable () -> [UInt8]
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex(State())

    private struct State {
        var descriptor: Int32 = -1
        var size = 0
        var isCut = false
        var place: FilePlace?
    }

    /// The file at a path, opened with the first line.
    ///
    /// With more than `limit` bytes it becomes `path.1`, that one `path.2`, up to `kept` of them.
    /// If it `isOwn`, opening it fails with `.occupied` while another process has it open so, and when
    /// it does not begin with `mark`. `opening` is what is written first whenever it is opened, also after it was set aside.
    package init(
        _ path: String, limit: Int, kept: Int, isOwn: Bool = false, mark: [UInt8] = [],
        opening: @escaping @Sendable () -> [UInt8] = { [] },
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.path = path
        self.limit = limit
        self.kept = kept
        self.isOwn = isOwn
        self.mark = mark
        self.opening = opening
        self.now = now
    }

    deinit {
        let descriptor = state.withLock { $0.descriptor }
        if descriptor >= 0 { close(descriptor) }
    }

    /// Opens the file now, to see whether that can be done.
    package func open() throws(MachineFailure) {
        try locked { (state) throws(MachineFailure) in try open(&state) }
    }

    /// Appends a line, which ends in a line feed; with `isDurable` it is on the disk afterwards.
    package func write(_ line: [UInt8], isDurable: Bool) throws(MachineFailure) {
        try locked { (state) throws(MachineFailure) in
            if state.place?.isLost(now()) == true { release(&state) }
            try open(&state)
            if state.size > 0, state.size + line.count > limit { try turn(&state) }
            try append(line, &state)
            if isDurable, fsync(state.descriptor) != 0 { throw failure("flush") }
        }
    }

    private func locked(
        _ body: (inout State) throws(MachineFailure) -> Void
    ) throws(MachineFailure) {
        let outcome = state.withLock { state -> Result<Void, MachineFailure> in
            do throws(MachineFailure) {
                return .success(try body(&state))
            } catch {
                return .failure(error)
            }
        }
        try outcome.get()
    }

    private func open(_ state: inout State) throws(MachineFailure) {
        guard state.descriptor < 0 else { return }
        // A pipe without a reader would keep us here for ever; a line to one may take its time.
        let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK
        let descriptor = retrying { systemOpen(path, flags, 0o600) }
        guard descriptor >= 0 else { throw refusal() }
        _ = fcntl(descriptor, F_SETFL, O_APPEND)
        var status = stat()
        let isKnown = unsafe fstat(descriptor, &status) == 0
        state = State(descriptor: descriptor, size: isKnown ? Int(status.st_size) : 0)
        do throws(MachineFailure) {
            if isOwn { try claim(state, status) }
        } catch {
            release(&state)
            throw error
        }
        state.isCut = endsInside(state.size)
        state.place = FilePlace(path, descriptor, now())
        let first = opening()
        if !first.isEmpty { try append(first, &state) }
    }

    private func release(_ state: inout State) {
        close(state.descriptor)
        state = State()
    }

    /// Keeps other processes away from a file that is ours alone, as long as it is open.
    private func claim(_ state: State, _ status: stat) throws(MachineFailure) {
        guard status.st_mode & S_IFMT == S_IFREG else { throw .isNoFile(path) }
        guard flock(state.descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw MachineFailure(
                .occupied,
                "Could not write to '\(path)': another process is writing it. Name another file, or "
                    + "end that process.")
        }
        guard state.size == 0 || File.begins(path, with: mark) else { throw .isForeign(path) }
        // One that somebody made before us may be open to others.
        _ = fchmod(state.descriptor, 0o600)
    }

    /// Whether the last line has no end, because its process was killed while it wrote.
    private func endsInside(_ size: Int) -> Bool {
        guard size > 0 else { return false }
        let descriptor = retrying { systemOpen(path, O_RDONLY | O_CLOEXEC, 0) }
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var last: UInt8 = 0
        let count = unsafe pread(descriptor, &last, 1, off_t(size - 1))
        return count == 1 && last != UInt8(ascii: "\n")
    }

    /// Sets the file aside and begins another one.
    private func turn(_ state: inout State) throws(MachineFailure) {
        release(&state)
        for number in stride(from: kept - 1, through: 1, by: -1) {
            _ = unsafe rename("\(path).\(number)", "\(path).\(number + 1)")
        }
        let isAside = unsafe kept > 0 ? rename(path, "\(path).1") == 0 : unlink(path) == 0
        guard isAside || lastError == ENOENT else { throw failure("set aside") }
        try open(&state)
    }

    private func append(_ line: [UInt8], _ state: inout State) throws(MachineFailure) {
        // What is there of a line that was cut off must not become the beginning of this one.
        let line = state.isCut ? [UInt8(ascii: "\n")] + line : line
        let written = retrying { unsafe put(state.descriptor, line, line.count) }
        guard written >= 0 else { throw failure("write to") }
        if written > 0 {
            state.size += written
            state.isCut = line[written - 1] != UInt8(ascii: "\n")
        }
        guard written == line.count else {
            throw MachineFailure(.system, "Could not write a whole line to '\(path)'.")
        }
    }

    /// Why the file could not be opened.
    private func refusal() -> MachineFailure {
        let failure = failure("open")
        var status = stat()
        guard failure.errno == ENXIO, unsafe stat(path, &status) == 0,
            status.st_mode & S_IFMT == S_IFIFO
        else { return failure }
        guard !isOwn else { return .isNoFile(path) }
        return MachineFailure(
            .system,
            "Could not write to '\(path)': nobody reads the pipe. Start what reads it first, or name "
                + "a file.", errno: ENXIO)
    }

    private func failure(_ what: String) -> MachineFailure {
        MachineFailure("Could not \(what) '\(path)'", errno: lastError)
    }
}

/// The C functions, under names that methods do not hide.
private func systemOpen(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 {
    unsafe open(path, flags, mode)
}

private func put(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    unsafe write(descriptor, bytes, count)
}
