#ifdef __linux__
#define _GNU_SOURCE
#endif
#include "CSpawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

// Room for two descriptors beside the bytes, aligned as a header is.
union passengers {
    struct cmsghdr header;
    char room[CMSG_SPACE(2 * sizeof(int))];
};

int descriptors_send(int socket, const void *bytes, size_t count, const int *descriptors) {
    union passengers passengers;
    struct iovec part = {(void *)bytes, count};
    struct msghdr message;
    memset(&message, 0, sizeof message);
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    if (descriptors != NULL) {
        memset(&passengers, 0, sizeof passengers);
        message.msg_control = passengers.room;
        message.msg_controllen = sizeof passengers.room;
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(2 * sizeof(int));
        memcpy(CMSG_DATA(header), descriptors, 2 * sizeof(int));
    }
    int flags = MSG_DONTWAIT;
#ifdef MSG_NOSIGNAL
    flags |= MSG_NOSIGNAL;
#endif
    ssize_t sent;
    do {
        sent = sendmsg(socket, &message, flags);
    } while (sent < 0 && errno == EINTR);
    if (sent < 0) return errno;
    // Orders are a few bytes, which a local socket takes whole or not at all.
    return (size_t)sent == count ? 0 : EIO;
}

ssize_t descriptors_receive(int socket, void *bytes, size_t count, int *descriptors) {
    union passengers passengers;
    struct iovec part = {bytes, count};
    struct msghdr message;
    memset(&message, 0, sizeof message);
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = passengers.room;
    message.msg_controllen = sizeof passengers.room;
    descriptors[0] = descriptors[1] = -1;
    ssize_t received;
    do {
        received = recvmsg(socket, &message, 0);
    } while (received < 0 && errno == EINTR);
    if (received <= 0) return received;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header != NULL && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS &&
        header->cmsg_len == CMSG_LEN(2 * sizeof(int))) {
        memcpy(descriptors, CMSG_DATA(header), 2 * sizeof(int));
        for (int place = 0; place < 2; place++) fcntl(descriptors[place], F_SETFD, FD_CLOEXEC);
    }
    return received;
}

void pipe_widen(int descriptor, int bytes) {
#ifdef F_SETPIPE_SZ
    fcntl(descriptor, F_SETPIPE_SZ, bytes);
#else
    (void)descriptor;
    (void)bytes;
#endif
}

pid_t fork_copy(void) {
#ifdef __linux__
    pid_t parent = getpid();
#endif
    pid_t pid = fork();
    if (pid != 0) return pid;
#ifdef __linux__
    // The parent may have ended before the request was in place.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
#endif
    // Handlers that report a crash would want more of the system than a copy may have.
    for (int number = 1; number < NSIG; number++) {
        if (number != SIGKILL && number != SIGSTOP) signal(number, SIG_DFL);
    }
    return 0;
}

int fork_end(pid_t pid) {
    int status = 0;
    kill(pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}
