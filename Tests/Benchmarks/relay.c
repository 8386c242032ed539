// The named peer of the stdio rows: a byte relay that understands nothing. It starts the command
// that it is given and copies both ways, one read and one write per readiness.
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static char buffer[1 << 16];

static int copy(int from, int to) {
    ssize_t got = read(from, buffer, sizeof buffer);
    for (ssize_t sent = 0; sent < got;) {
        ssize_t put = write(to, buffer + sent, (size_t)(got - sent));
        if (put <= 0) return 0;
        sent += put;
    }
    return got > 0;
}

int main(int count, char **words) {
    int down[2], up[2];
    if (count < 2 || pipe(down) || pipe(up)) return 2;
    pid_t child = fork();
    if (child == 0) {
        dup2(down[0], 0);
        dup2(up[1], 1);
        close(down[0]), close(down[1]), close(up[0]), close(up[1]);
        execvp(words[1], words + 1);
        _exit(127);
    }
    close(down[0]), close(up[1]);
    struct pollfd polls[2] = {{.fd = 0, .events = POLLIN}, {.fd = up[0], .events = POLLIN}};
    while (poll(polls, 2, -1) > 0) {
        if (polls[0].revents && !copy(0, down[1])) break;
        if (polls[1].revents && !copy(up[0], 1)) break;
    }
    close(down[1]);
    waitpid(child, NULL, 0);
    return 0;
}
