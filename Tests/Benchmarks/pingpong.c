// The named peer of the rows of plugins.
//
//   pingpong COUNT BYTES             a message of so many bytes to another process and back, over a
//                                    socket pair; prints the median in nanoseconds
//   pingpong COUNT PROGRAM DOCUMENT  libjq in this process: reads the document, runs the program over it,
//                                    writes what comes of it; prints the median in nanoseconds
#include <jq.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int by_value(const void *a, const void *b) {
    long long x = *(const long long *)a, y = *(const long long *)b;
    return x < y ? -1 : x > y;
}

// Passes so many bytes on; false at the end.
static int pass(int from, int to, char *bytes, size_t count) {
    for (size_t got = 0; got < count;) {
        ssize_t part = read(from, bytes + got, count - got);
        if (part <= 0) return 0;
        got += (size_t)part;
    }
    return to < 0 || write(to, bytes, count) == (ssize_t)count;
}

static void sockets(long count, size_t size, long long *times) {
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair)) exit(2);
    char *bytes = calloc(1, size);
    if (fork() == 0) {
        close(pair[0]);
        while (pass(pair[1], pair[1], bytes, size)) {}
        _exit(0);
    }
    close(pair[1]);
    for (long i = 0; i < count; i++) {
        long long start = now();
        if (write(pair[0], bytes, size) != (ssize_t)size || !pass(pair[0], -1, bytes, size)) exit(3);
        times[i] = now() - start;
    }
    close(pair[0]);
    wait(NULL);
}

static void program(long count, const char *text, const char *document, long long *times) {
    jq_state *jq = jq_init();
    if (!jq || !jq_compile(jq, text)) exit(4);
    for (long i = 0; i < count; i++) {
        long long start = now();
        jq_start(jq, jv_parse(document), 0);
        jv result = jq_next(jq);
        if (!jv_is_valid(result)) exit(5);
        jv_free(jv_dump_string(result, 0));
        times[i] = now() - start;
    }
    jq_teardown(&jq);
}

int main(int words, char **word) {
    if (words < 3) return 2;
    long count = atol(word[1]);
    long long *times = malloc(sizeof *times * (size_t)count);
    if (words > 3) program(count, word[2], word[3], times);
    else sockets(count, (size_t)atol(word[2]), times);
    qsort(times, (size_t)count, sizeof *times, by_value);
    printf("%lld\n", times[count / 2]);
    return 0;
}
