// The client of every comparison. Starts a server command, shakes hands, then measures.
//
//   drive MODE CALLS DEPTH TOOL -- COMMAND…
//
// MODE calls: CALLS calls of TOOL with DEPTH in flight; prints nanoseconds per call, the median, the 99th
//             of 100 and the slowest. With BESIDE in the environment, the tool that it names is called
//             besides every 25 ms, unless such a call is under way, and not counted.
// MODE first: time from fork to the answer of initialize; prints nanoseconds.
// MODE list:  CALLS times tools/list; prints the median nanoseconds and the bytes of the answer.
// MODE idle:  shakes hands, lists, waits for a line on its own input, prints the server's pid first.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char *in, *out;
static size_t held, room = 64 << 20;
static int to_server, from_server;
// The call besides: its tool, its id, and whether it has been answered.
static const char *beside;
static const char beside_id[] = "\"id\":50,";
static int beside_is_over = 1;
static long long beside_next;

static long long now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void put(const char *bytes, size_t count) {
    for (size_t sent = 0; sent < count;) {
        ssize_t got = write(to_server, bytes + sent, count - sent);
        if (got <= 0) exit(3);
        sent += (size_t)got;
    }
}

// Reads until at least one whole line is there; returns how many lines were taken.
static int take(size_t *bytes) {
    for (;;) {
        ssize_t got = read(from_server, in + held, room - held);
        if (got <= 0) exit(4);
        int lines = 0;
        size_t start = 0;
        char *end;
        char *from = in + held;
        held += (size_t)got;
        while ((end = memchr(from, '\n', (size_t)(in + held - from)))) {
            size_t length = (size_t)(end - in) - start, head = length < 64 ? length : 64;
            if (beside && memmem(in + start, head, beside_id, sizeof beside_id - 1)) {
                beside_is_over = 1;
            } else if (memmem(in + start, length, "\"id\":", 5)) {
                lines++;
                if (bytes) *bytes = (size_t)(end - in) - start;
            }
            start = (size_t)(end - in) + 1;
            from = end + 1;
        }
        if (start) memmove(in, in + start, held - start), held -= start;
        if (lines || (beside && beside_is_over)) return lines;
    }
}

static int by_value(const void *a, const void *b) {
    long long x = *(const long long *)a, y = *(const long long *)b;
    return x < y ? -1 : x > y;
}

static void calls(long count, long depth, const char *tool) {
    long long *times = malloc(sizeof *times * (size_t)count);
    long sent = 0, answered = 0, id = 100;
    long long start = now(), last = start;
    while (answered < count) {
        if (beside && beside_is_over && now() >= beside_next) {
            beside_next = now() + 25000000;
            int length = sprintf(
                out,
                "{\"jsonrpc\":\"2.0\",%s\"method\":\"tools/call\",\"params\":{\"name\":\"%s\"}}\n",
                beside_id, beside);
            put(out, (size_t)length);
            beside_is_over = 0;
        }
        // Each request is written on its own, as clients do that make calls one by one.
        while (sent < count && sent - answered < depth) {
            int length = sprintf(
                out,
                "{\"jsonrpc\":\"2.0\",\"id\":%ld,\"method\":\"tools/call\",\"params\":{\"name\":"
                "\"%s\",\"arguments\":{\"text\":\"hello there\",\"count\":%ld}}}\n",
                id++, tool, sent);
            put(out, (size_t)length);
            sent++;
        }
        int lines = take(NULL);
        if (!lines) continue;
        long long t = now();
        for (int i = 0; i < lines; i++) times[answered + i] = t - last;
        answered += lines;
        last = t;
    }
    long long total = now() - start;
    qsort(times, (size_t)count, sizeof *times, by_value);
    printf(
        "%lld %lld %lld %lld\n", total / count, times[count / 2], times[count * 99 / 100],
        times[count - 1]);
}

static void list(long count) {
    long long *times = malloc(sizeof *times * (size_t)count);
    size_t bytes = 0;
    for (long i = 0; i < count; i++) {
        int length = sprintf(out, "{\"jsonrpc\":\"2.0\",\"id\":%ld,\"method\":\"tools/list\"}\n", 10 + i);
        long long start = now();
        put(out, (size_t)length);
        take(&bytes);
        times[i] = now() - start;
    }
    qsort(times, (size_t)count, sizeof *times, by_value);
    printf("%lld %zu\n", times[count / 2], bytes);
}

int main(int words, char **word) {
    if (words < 7) return 2;
    const char *mode = word[1], *tool = word[4];
    long count = atol(word[2]), depth = atol(word[3]);
    in = malloc(room), out = malloc(1 << 20);
    beside = strcmp(mode, "calls") ? NULL : getenv("BESIDE");
    int down[2], up[2];
    if (pipe(down) || pipe(up)) return 2;
    signal(SIGPIPE, SIG_IGN);
    long long start = now();
    pid_t child = fork();
    if (child == 0) {
        dup2(down[0], 0);
        dup2(up[1], 1);
        close(down[0]), close(down[1]), close(up[0]), close(up[1]);
        execvp(word[6], word + 6);
        _exit(127);
    }
    close(down[0]), close(up[1]);
    to_server = down[1], from_server = up[0];
    const char *hello =
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":"
        "\"2025-11-25\",\"capabilities\":{},\"clientInfo\":{\"name\":\"drive\",\"version\":\"1\"}}}\n";
    put(hello, strlen(hello));
    take(NULL);
    long long first = now() - start;
    const char *ready = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n"
                        "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/list\"}\n";
    put(ready, strlen(ready));
    take(NULL);
    if (!strcmp(mode, "first")) {
        printf("%lld\n", first);
    } else if (!strcmp(mode, "list")) {
        list(count);
    } else if (!strcmp(mode, "idle")) {
        printf("%d\n", child);
        fflush(stdout);
        getchar();
    } else {
        calls(count / 10, depth, tool);  // warm-up
        fflush(stdout);
        calls(count, depth, tool);
    }
    close(to_server);
    waitpid(child, NULL, 0);
    return 0;
}
