#ifdef __linux__
#define _GNU_SOURCE
#endif
#include "CSpawn.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

// Tells the parent what failed, and ends the child. The pipe holds it whole: it is 8 bytes.
static _Noreturn void give_up(int report, int step) {
    struct spawn_failure failure = {step, errno};
    ssize_t written = write(report, &failure, sizeof failure);
    (void)written;
    _exit(127);
}

// What we were given before `descriptors_raise`: many programs go through all possible descriptors.
static struct rlimit given_limit;
static int has_raised_limit;

void descriptors_raise(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max) return;
    struct rlimit given = limit;
    limit.rlim_cur = limit.rlim_max;
#ifdef __APPLE__
    // More is refused there, although the hard limit says otherwise.
    if (limit.rlim_cur > OPEN_MAX) limit.rlim_cur = OPEN_MAX;
    if (limit.rlim_cur <= given.rlim_cur) return;
#endif
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || has_raised_limit) return;
    given_limit = given;
    has_raised_limit = 1;
}

// The highest descriptor a child may have inherited, for systems without close_range.
static int descriptor_ceiling(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY ||
        limit.rlim_cur > 65536) {
        return 65536;
    }
    return (int)limit.rlim_cur;
}

// Closes everything from `first` on when the program starts; `report` must live until then.
static void close_on_exec_from(int first, int ceiling) {
#if defined(__linux__) && defined(SYS_close_range)
    const unsigned int close_on_exec = 1U << 2; // CLOSE_RANGE_CLOEXEC, not in older headers
    if (syscall(SYS_close_range, (unsigned int)first, ~0U, close_on_exec) == 0) return;
#endif
    for (int descriptor = first; descriptor < ceiling; descriptor++) {
        int flags = fcntl(descriptor, F_GETFD);
        if (flags >= 0) fcntl(descriptor, F_SETFD, flags | FD_CLOEXEC);
    }
}

// Moves a descriptor out of 0...3, so that placing one stream cannot overwrite another.
static int lifted(int descriptor) {
    return descriptor > 3 ? descriptor : fcntl(descriptor, F_DUPFD_CLOEXEC, 4);
}

static int place_streams(const struct spawn_request *request) {
    int input = lifted(request->input);
    int output = lifted(request->output);
    int error = lifted(request->error);
    if (input < 0 || output < 0 || error < 0) return -1;
    int control = request->control < 0 ? -1 : lifted(request->control);
    if (request->control >= 0 && control < 0) return -1;
    if (dup2(input, 0) < 0 || dup2(output, 1) < 0 || dup2(error, 2) < 0) return -1;
    return control >= 0 && dup2(control, 3) < 0 ? -1 : 0;
}

// A caught signal would run our handler in the child, an ignored one would stay ignored in the
// program: both become the default, then nothing is blocked any more.
static void reset_signals(void) {
    for (int number = 1; number < NSIG; number++) {
        if (number != SIGKILL && number != SIGSTOP) signal(number, SIG_DFL);
    }
#ifdef __linux__
    // The C library keeps these two for itself and its functions refuse them, but whoever started us
    // with posix_spawn left them ignored.
    struct { void *handler; unsigned long flags; void *restorer; unsigned long mask; } plain = {0};
    for (int number = 32; number < 34; number++) {
        syscall(SYS_rt_sigaction, number, &plain, NULL, sizeof plain.mask);
    }
#endif
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

// Tries each candidate as execvp does: a missing one is skipped, a forbidden one is remembered.
static void execute(const struct spawn_request *request) {
    int forbidden = 0;
    for (char *const *path = request->candidates; *path != NULL; path++) {
        execve(*path, request->arguments, request->environment);
        if (errno == EACCES) {
            forbidden = 1;
        } else if (errno != ENOENT && errno != ENOTDIR) {
            return;
        }
    }
    if (forbidden) errno = EACCES;
}

static _Noreturn void become_child(
    const struct spawn_request *request, int report, pid_t parent, int ceiling) {
    report = lifted(report);
    if (setpgid(0, 0) != 0) give_up(report, SPAWN_GROUP);
#ifdef __linux__
    // The parent may have died before the request was in place.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
#else
    (void)parent;
#endif
    if (place_streams(request) != 0) give_up(report, SPAWN_STREAMS);
    if (request->directory != NULL && chdir(request->directory) != 0) {
        give_up(report, SPAWN_DIRECTORY);
    }
    close_on_exec_from(request->control < 0 ? 3 : 4, ceiling);
    if (has_raised_limit) setrlimit(RLIMIT_NOFILE, &given_limit);
    reset_signals();
    errno = ENOENT;
    execute(request);
    give_up(report, SPAWN_EXECUTE);
}

static int report_pipe(int ends[2]) {
#ifdef __linux__
    return pipe2(ends, O_CLOEXEC);
#else
    if (pipe(ends) != 0) return -1;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    return 0;
#endif
}

// Waits until the program runs (the pipe closes, 0 bytes) or the child says why it does not.
static int read_report(int report, struct spawn_failure *failure) {
    ssize_t count;
    do {
        count = read(report, failure, sizeof *failure);
    } while (count < 0 && errno == EINTR);
    return count == (ssize_t)sizeof *failure;
}

static void reap(pid_t pid) {
    int status;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
}

pid_t spawn_child(const struct spawn_request *request, struct spawn_failure *failure) {
    int ends[2];
    if (report_pipe(ends) != 0) {
        *failure = (struct spawn_failure){SPAWN_PIPE, errno};
        return -1;
    }
    int ceiling = descriptor_ceiling();
    pid_t parent = getpid();
    // Our handlers must not run in the child before its dispositions are reset.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t pid = fork();
    if (pid == 0) become_child(request, ends[1], parent, ceiling);
    int forkError = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);

    close(ends[1]);
    if (pid < 0) {
        *failure = (struct spawn_failure){SPAWN_FORK, forkError};
    } else if (read_report(ends[0], failure)) {
        reap(pid);
        pid = -1;
    }
    close(ends[0]);
    return pid;
}

int spawn_has_ended(pid_t pid) {
    siginfo_t information = {0};
    int result;
    do {
        // The zombie stays, and with it its number, until its group has been dealt with.
        result = waitid(P_PID, (id_t)pid, &information, WEXITED | WNOHANG | WNOWAIT);
    } while (result < 0 && errno == EINTR);
    if (result < 0) return -1;
    return information.si_pid == pid;
}

int spawn_did_exit(int status) { return WIFEXITED(status); }
int spawn_exit_code(int status) { return WEXITSTATUS(status); }
int spawn_exit_signal(int status) { return WTERMSIG(status); }
