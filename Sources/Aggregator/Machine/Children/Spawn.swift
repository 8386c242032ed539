import CSpawn

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The call into C that forks and executes, and the sentence when it fails.
enum Spawn {
    /// Starts a program with three descriptors as its standard streams, and a fourth unless it is -1.
    ///
    /// Returns its pid.
    static func start(
        _ launch: Launch, input: borrowing Descriptor, output: borrowing Descriptor,
        error: borrowing Descriptor, control: Int32
    ) throws(MachineFailure) -> Int32 {
        try check(launch)
        let candidates = CStrings(launch.candidates)
        let arguments = CStrings([launch.executable] + launch.arguments)
        let environment = CStrings(launch.environment.map { "\($0.name)=\($0.value)" })
        let directory = CStrings(launch.directory.map { [$0] } ?? [])
        var request = unsafe spawn_request(
            candidates: candidates.pointer, arguments: arguments.pointer,
            environment: environment.pointer, directory: directory.pointer[0],
            input: input.number, output: output.number, error: error.number, control: control)
        var reason = spawn_failure(step: 0, error: 0)
        let pid = unsafe spawn_child(&request, &reason)
        guard pid > 0 else { throw failure(launch, reason) }
        return pid
    }

    /// Throws what a start would throw for want of its folder or its program; starts nothing.
    static func rehearse(_ launch: Launch) throws(MachineFailure) {
        try check(launch)
        var reason = spawn_failure(step: Int32(SPAWN_DIRECTORY.rawValue), error: 0)
        if let directory = launch.directory, unsafe access(directory, X_OK) != 0 {
            reason.error = lastError
            throw failure(launch, reason)
        }
        reason = spawn_failure(step: Int32(SPAWN_EXECUTE.rawValue), error: ENOENT)
        for candidate in launch.candidates {
            let isWhole = candidate.hasPrefix("/")
            let path = isWhole ? candidate : "\(launch.directory ?? ".")/\(candidate)"
            var status = stat()
            guard unsafe stat(path, &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFREG, unsafe access(path, X_OK) == 0 { return }
            reason.error = EACCES
        }
        throw failure(launch, reason)
    }

    /// A zero byte would cut a string short without a word.
    private static func check(_ launch: Launch) throws(MachineFailure) {
        let texts =
            [launch.executable, launch.directory ?? ""] + launch.arguments
            + launch.environment.flatMap { [$0.name, $0.value] }
        guard texts.allSatisfy({ !$0.utf8.contains(0) }) else {
            throw MachineFailure(
                .system,
                "\(attempt(launch)): an argument or variable has a zero byte.",
                errno: EINVAL)
        }
    }

    private static func attempt(_ launch: Launch) -> String {
        "Could not start '\(launch.shown.executable ?? launch.executable)'"
    }

    private static func failure(_ launch: Launch, _ reason: spawn_failure) -> MachineFailure {
        let what = attempt(launch)
        let system = MachineFailure.reason(reason.error)
        let code = MachineFailure.Code(errno: reason.error)
        let sentence =
            switch spawn_step(UInt32(reason.step)) {
            case SPAWN_PIPE: "\(what): no pipe to watch its start (\(system))."
            case SPAWN_FORK: "\(what): the system makes no new process (\(system))."
            case SPAWN_GROUP: "\(what): it could not get a process group of its own (\(system))."
            case SPAWN_STREAMS: "\(what): its standard streams could not be placed (\(system))."
            case SPAWN_DIRECTORY:
                "\(what): the working directory "
                    + "'\(launch.shown.directory ?? launch.directory ?? ".")' cannot be entered"
                    + " (\(system))."
            default: "\(what): \(refusal(launch, reason.error))"
            }
        return MachineFailure(code, sentence, errno: reason.error)
    }

    /// Why the program itself could not be executed, and what helps.
    private static func refusal(_ launch: Launch, _ number: Int32) -> String {
        let isPath = launch.executable.utf8.contains(UInt8(ascii: "/"))
        switch number {
        case ENOENT, ENOTDIR:
            if isPath {
                return "there is no such file, or the interpreter named in its first line is"
                    + " missing."
            }
            return "no program of that name in PATH"
                + " (\(launch.shown.searchPath ?? launch.searchPath)). Install it, or give its full"
                + " path."
        case EACCES: return "the file is not executable, or a folder above it is closed to us."
        case ENOEXEC: return "the file is no program; a script needs a first line like '#!/bin/sh'."
        default: return "\(MachineFailure.reason(number))."
        }
    }
}

/// A null-terminated array of C strings, freed with its owner.
@safe private struct CStrings: ~Copyable {
    let pointer: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ texts: [String]) {
        count = texts.count
        unsafe pointer = .allocate(capacity: texts.count + 1)
        for (index, text) in texts.enumerated() { unsafe pointer[index] = strdup(text) }
        unsafe pointer[texts.count] = nil
    }

    deinit {
        for index in 0..<count { unsafe free(pointer[index]) }
        unsafe pointer.deallocate()
    }
}
