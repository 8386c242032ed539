// The client of the comparisons over HTTP: calls one tool over kept connections, each of which sends
// the next call when the last is answered. Prints nanoseconds: the median of a call, and the mean time
// per call over all connections.
//
//   load PORT CONNECTIONS CALLS TOOL [PATH]
//
// At a path of its own it asks for JSON alone, as callers of a bridge do.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static char request[4096], in[1 << 16];
static size_t size;

static long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000L + time.tv_nsec;
}

static int compare(const void *one, const void *other) {
    long difference = *(const long *)one - *(const long *)other;
    return difference < 0 ? -1 : difference > 0;
}

static void make(int port, const char *tool, const char *path) {
    char body[2048];
    int length = sprintf(
        body,
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"%s\","
        "\"arguments\":{\"text\":\"hello\"},\"_meta\":{"
        "\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\","
        "\"io.modelcontextprotocol/clientCapabilities\":{}}}}",
        tool);
    size = (size_t)sprintf(
        request,
        "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\n"
        "Accept: application/json%s\r\nMCP-Protocol-Version: 2026-07-28\r\n"
        "Mcp-Method: tools/call\r\nMcp-Name: %s\r\nContent-Length: %d\r\n\r\n%s",
        path ? path : "/mcp", port, path ? "" : ", text/event-stream", tool, length, body);
}

static int connected(int port) {
    int socket_ = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((unsigned short)port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (connect(socket_, (struct sockaddr *)&address, sizeof address)) exit(2);
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return socket_;
}

// Reads the one answer that is on its way; answers here are small and come whole.
static void take(int socket) {
    size_t held = 0;
    for (;;) {
        ssize_t got = recv(socket, in + held, sizeof in - 1 - held, 0);
        if (got <= 0) exit(3);
        held += (size_t)got;
        in[held] = 0;
        char *end = strstr(in, "\r\n\r\n"), *length = strcasestr(in, "content-length:");
        if (end && length && held >= (size_t)(end + 4 - in) + (size_t)atol(length + 15)) break;
    }
    if (strncmp(in, "HTTP/1.1 200", 12) || !strstr(in, "pong")) {
        fprintf(stderr, "%s\n", in);
        exit(4);
    }
}

static long run(int poll, int *sockets, long *sent, int width, long calls, long *times) {
    struct epoll_event events[256];
    long begun = 0, ended = 0, start = now();
    for (; begun < width && begun < calls; begun++) {
        sent[begun] = now();
        if (send(sockets[begun], request, size, 0) != (ssize_t)size) exit(5);
    }
    while (ended < calls) {
        int count = epoll_wait(poll, events, 256, -1);
        for (int index = 0; index < count; index++) {
            int which = (int)events[index].data.u32;
            take(sockets[which]);
            long moment = now();
            if (times) times[ended] = moment - sent[which];
            ended++;
            if (begun++ >= calls) continue;
            sent[which] = moment;
            if (send(sockets[which], request, size, 0) != (ssize_t)size) exit(5);
        }
    }
    return now() - start;
}

int main(int count, char **words) {
    if (count != 5 && count != 6) return 1;
    int port = atoi(words[1]), width = atoi(words[2]), poll = epoll_create1(0), sockets[256];
    long calls = atol(words[3]), sent[256], *times = malloc(sizeof(long) * (size_t)calls);
    make(port, words[4], words[5]);
    for (int index = 0; index < width; index++) {
        sockets[index] = connected(port);
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = (unsigned)index};
        epoll_ctl(poll, EPOLL_CTL_ADD, sockets[index], &event);
    }
    run(poll, sockets, sent, width, calls / 10 + width, NULL);
    long took = run(poll, sockets, sent, width, calls, times);
    qsort(times, (size_t)calls, sizeof(long), compare);
    printf("%ld %ld\n", times[calls / 2], took / calls);
}
