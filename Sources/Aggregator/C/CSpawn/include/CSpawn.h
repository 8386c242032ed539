#ifndef MANIFOLD_SPAWN_H
#define MANIFOLD_SPAWN_H

#include <sys/types.h>

// What must run between fork and exec, and inside a signal handler: places where Swift may not run.

/// The step at which a start failed; reported through `spawn_failure`.
enum spawn_step {
    SPAWN_PIPE = 1,
    SPAWN_FORK = 2,
    SPAWN_GROUP = 3,
    SPAWN_STREAMS = 4,
    SPAWN_DIRECTORY = 5,
    SPAWN_EXECUTE = 6,
};

/// Which step failed, and with which errno.
struct spawn_failure {
    int step;
    int error;
};

/// Everything a child is started with. All arrays end with NULL.
struct spawn_request {
    /// Paths to try in order, as execvp would.
    char *const *candidates;
    char *const *arguments;
    char *const *environment;
    /// The folder to change to first, or NULL.
    const char *directory;
    /// The descriptors that become 0, 1 and 2.
    int input;
    int output;
    int error;
    /// A descriptor that becomes 3, or -1 for none.
    int control;
};

/// Starts a child in a process group of its own, with default signal dispositions, an empty signal
/// mask and no descriptor but 0, 1, 2 and what was asked for as 3. On Linux it is killed when the calling thread dies.
/// Returns its pid, or -1 with `failure` filled in; a failed child is already reaped.
pid_t spawn_child(const struct spawn_request *request, struct spawn_failure *failure);

/// Whether a child has ended and waits to be reaped: 1, 0, or -1 when it is not ours to reap.
int spawn_has_ended(pid_t pid);

/// Whether a wait status means a normal exit, its code, and the signal otherwise.
int spawn_did_exit(int status);
int spawn_exit_code(int status);
int spawn_exit_signal(int status);

/// Sends bytes over a local socket, with two descriptors unless there are none; never waits. Returns 0,
/// or an errno.
int descriptors_send(int socket, const void *bytes, size_t count, const int *descriptors);

/// Receives bytes and the two descriptors that came with them, -1 for none; waits. Returns how many
/// bytes came, 0 at the end, or -1 with errno set.
ssize_t descriptors_receive(int socket, void *bytes, size_t count, int *descriptors);

/// Makes room in a pipe for so many bytes that nobody has read, where the system lets it.
void pipe_widen(int descriptor, int bytes);

/// Splits this process, which must have one thread, in two: returns 0 in the new one, which on Linux
/// is killed when the old one ends, the new one's pid in the old one, and -1 with errno set.
pid_t fork_copy(void);

/// Kills a process that `fork_copy` made and returns its wait status.
int fork_end(pid_t pid);

/// Lets this process have as many descriptors as it may; children get the limit that we were given.
/// Called before there are other threads that start children.
void descriptors_raise(void);

/// Delivers `signal` from now on as one byte, its number, into every pipe that asked for it.
/// Returns 0, or an errno.
int signals_catch(int signal);

/// Adds a pipe's write end, which must be non-blocking; -1 when all places are taken.
int signals_attach(int descriptor);

/// Removes a pipe. When it returns, no handler writes to the descriptor any more.
void signals_detach(int descriptor);

/// Ignores SIGPIPE here, and undoes an inherited disposition or mask that would hide a child's end.
void signals_prepare(void);

#endif
