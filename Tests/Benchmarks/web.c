// The upstream of the comparisons over HTTP: the fastest server of 2026-07-28 that still reads what it
// is asked. Prints its port; answers every request on its own, keeps connections, one thread.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST 4096
static struct connection {
    char in[1 << 16];
    size_t held;
} *connections[MOST];

static const char *discovered =
    "{\"resultType\":\"complete\",\"supportedVersions\":[\"2026-07-28\"],\"capabilities\":{\"tools\":{}},"
    "\"ttlMs\":0,\"cacheScope\":\"private\"}";
static const char *listed =
    "{\"resultType\":\"complete\",\"tools\":[{\"name\":\"ping\",\"inputSchema\":{\"type\":\"object\"}},"
    "{\"name\":\"report\",\"inputSchema\":{\"type\":\"object\"}}],"
    "\"ttlMs\":0,\"cacheScope\":\"private\"}";
static const char *pong =
    "{\"resultType\":\"complete\",\"content\":[{\"type\":\"text\",\"text\":\"pong\"}],\"isError\":false}";

static const char *greeted =
    "{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{\"tools\":{}},"
    "\"serverInfo\":{\"name\":\"web\",\"version\":\"1\"}}";

static size_t answer(const char *body, size_t length, char *to) {
    const char *id = memmem(body, length, "\"id\":", 5);
    int count = 0;
    if (!id) return (size_t)sprintf(to, "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n");
    for (id += 5; id[count] != ',' && id[count] != '}'; count++)
        ;
    if (memmem(body, length, "\"subscriptions/listen\"", 22))
        // It announces nothing, ever.
        return (size_t)sprintf(
            to, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
    const char *result = memmem(body, length, "\"server/discover\"", 17) ? discovered
                         : memmem(body, length, "\"tools/list\"", 12)    ? listed
                         : memmem(body, length, "\"initialize\"", 12)    ? greeted
                                                                         : pong;
    char text[1024];
    int size = sprintf(text, "{\"jsonrpc\":\"2.0\",\"id\":%.*s,\"result\":%s}", count, id, result);
    return (size_t)sprintf(
        to, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", size,
        text);
}

static int chunk(int socket, const char *event) {
    char out[2048];
    int size = sprintf(out, "%zx\r\n%s\r\n", strlen(event), event);
    return send(socket, out, (size_t)size, MSG_NOSIGNAL) == size;
}

// The tool `report`: its progress, step by step, each with the time at which it is written.
static int report(int socket, const char *body, size_t length) {
    const char *token = memmem(body, length, "\"progressToken\":", 16);
    const char *id = memmem(body, length, "\"id\":", 5);
    if (!token || !id) return 0;
    const char *head =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
    if (send(socket, head, strlen(head), MSG_NOSIGNAL) < 0) return 0;
    char event[1024];
    for (int step = 1; step <= 500; step++) {
        struct timespec time, pause = {.tv_nsec = 2000000};
        nanosleep(&pause, NULL);
        clock_gettime(CLOCK_MONOTONIC, &time);
        sprintf(
            event,
            "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{"
            "\"progressToken\":%.*s,\"progress\":%d,\"message\":\"%ld\"}}\n\n",
            (int)strspn(token + 16, "0123456789"), token + 16, step,
            time.tv_sec * 1000000000L + time.tv_nsec);
        if (!chunk(socket, event)) return 0;
    }
    sprintf(
        event, "data: {\"jsonrpc\":\"2.0\",\"id\":%.*s,\"result\":%s}\n\n",
        (int)strspn(id + 5, "0123456789"), id + 5, pong);
    return chunk(socket, event) && send(socket, "0\r\n\r\n", 5, MSG_NOSIGNAL) == 5;
}

// Answers every whole request that has come; 0 when the connection is over.
static int serve(int socket, struct connection *connection) {
    char out[2048];
    ssize_t got = recv(
        socket, connection->in + connection->held, sizeof connection->in - 1 - connection->held, 0);
    if (got <= 0) return 0;
    connection->held += (size_t)got;
    for (;;) {
        connection->in[connection->held] = 0;
        char *end = strstr(connection->in, "\r\n\r\n");
        if (!end) return 1;
        char *length = strcasestr(connection->in, "content-length:");
        size_t body = length && length < end ? (size_t)atol(length + 15) : 0;
        size_t whole = (size_t)(end + 4 - connection->in) + body;
        if (connection->held < whole) return 1;
        if (memmem(end + 4, body, "\"name\":\"report\"", 15)) {
            if (!report(socket, end + 4, body)) return 0;
        } else {
            size_t size = answer(end + 4, body, out);
            if (send(socket, out, size, MSG_NOSIGNAL) != (ssize_t)size) return 0;
        }
        memmove(connection->in, connection->in + whole, connection->held - whole);
        connection->held -= whole;
    }
}

int main(void) {
    int listener = socket(AF_INET, SOCK_STREAM, 0), poll = epoll_create1(0), yes = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 512)) return 1;
    getsockname(listener, (struct sockaddr *)&address, &size);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[256];
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int count = epoll_wait(poll, events, 256, -1);
        for (int index = 0; index < count; index++) {
            int socket = events[index].data.fd;
            if (socket == listener) {
                int new = accept(listener, NULL, NULL);
                if (new < 0 || new >= MOST) return 1;
                setsockopt(new, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
                connections[new] = calloc(1, sizeof *connections[new]);
                event = (struct epoll_event){.events = EPOLLIN, .data.fd = new};
                epoll_ctl(poll, EPOLL_CTL_ADD, new, &event);
            } else if (!serve(socket, connections[socket])) {
                free(connections[socket]);
                close(socket);
            }
        }
    }
}
