// The client of the comparison of streams: calls a tool that reports its progress, each report with
// the time at which it was written. Prints nanoseconds from there to the report's last byte here: the
// median, and what 99 of 100 are below.
//
//   events PORT TOOL
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST 100000
static char in[1 << 16];
static long times[MOST];

static long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000L + time.tv_nsec;
}

static int compare(const void *one, const void *other) {
    long difference = *(const long *)one - *(const long *)other;
    return difference < 0 ? -1 : difference > 0;
}

static int asked(int port, const char *tool) {
    int socket_ = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((unsigned short)port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (connect(socket_, (struct sockaddr *)&address, sizeof address)) exit(2);
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    char body[1024];
    int length = sprintf(
        body,
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"%s\","
        "\"arguments\":{},\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\","
        "\"io.modelcontextprotocol/clientCapabilities\":{},\"progressToken\":7}}}",
        tool);
    dprintf(
        socket_,
        "POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\n"
        "Accept: application/json, text/event-stream\r\nMCP-Protocol-Version: 2026-07-28\r\n"
        "Mcp-Method: tools/call\r\nMcp-Name: %s\r\nContent-Length: %d\r\n\r\n%s",
        port, tool, length, body);
    return socket_;
}

int main(int count, char **words) {
    if (count != 3) return 1;
    int socket = asked(atoi(words[1]), words[2]);
    size_t held = 0;
    long heard = 0;
    for (;;) {
        ssize_t got = recv(socket, in + held, sizeof in - 1 - held, 0);
        if (got <= 0) return 3;
        long moment = now();
        held += (size_t)got;
        in[held] = 0;
        // An event is there with its blank line.
        char *end;
        while ((end = strstr(in, "\n\n"))) {
            char *written = strstr(in, "\"message\":\"");
            if (written && written < end && heard < MOST) times[heard++] = moment - atol(written + 11);
            if (memmem(in, (size_t)(end - in), "\"result\"", 8)) goto over;
            held -= (size_t)(end + 2 - in);
            memmove(in, end + 2, held + 1);
        }
    }
over:
    if (heard < 10) return 4;
    qsort(times, (size_t)heard, sizeof(long), compare);
    printf("%ld %ld\n", times[heard / 2], times[heard * 99 / 100]);
}
