// The upstream of every comparison: the fastest MCP server that still reads what it is asked.
// Answers initialize, tools/list and tools/call in lines; each answer is written on its own, as
// servers do that answer calls when they are done.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char in[1 << 22], out[2 << 20], large[1 << 20];

// The exact bytes of the id: everything between "id": and the next comma or brace.
static int find_id(const char *line, size_t length, const char **id) {
    const char *at = memmem(line, length, "\"id\":", 5);
    if (!at) return 0;
    *id = at + 5;
    int count = 0;
    while ((*id)[count] != ',' && (*id)[count] != '}') count++;
    return count;
}

static size_t answer(const char *line, size_t length, char *to) {
    const char *id;
    int count = find_id(line, length, &id);
    if (!count) return 0;
    const char *result =
        "{\"content\":[{\"type\":\"text\",\"text\":\"pong\"}],\"isError\":false}";
    if (memmem(line, length, "\"initialize\"", 12))
        result = "{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{\"tools\":{}},"
                 "\"serverInfo\":{\"name\":\"echo\",\"version\":\"1\"}}";
    else if (memmem(line, length, "\"tools/list\"", 12))
        result = "{\"tools\":[{\"name\":\"ping\",\"inputSchema\":{\"type\":\"object\"}},"
                 "{\"name\":\"big\",\"inputSchema\":{\"type\":\"object\"}}]}";
    // The tool `big` answers with a megabyte.
    if (memmem(line, length, "\"big\"", 5)) {
        if (!*large) memset(large, 'x', sizeof large - 1);
        return (size_t)sprintf(
            to,
            "{\"jsonrpc\":\"2.0\",\"id\":%.*s,\"result\":{\"content\":[{\"type\":\"text\",\"text\":"
            "\"%s\"}]}}\n",
            count, id, large);
    }
    return (size_t)sprintf(
        to, "{\"jsonrpc\":\"2.0\",\"id\":%.*s,\"result\":%s}\n", count, id, result);
}

static int put(const char *bytes, size_t count) {
    for (size_t sent = 0; sent < count;) {
        ssize_t got = write(1, bytes + sent, count - sent);
        if (got <= 0) return 0;
        sent += (size_t)got;
    }
    return 1;
}

int main(void) {
    size_t held = 0;
    for (;;) {
        ssize_t got = read(0, in + held, sizeof in - held);
        if (got <= 0) return 0;
        held += (size_t)got;
        size_t start = 0;
        char *end;
        while ((end = memchr(in + start, '\n', held - start))) {
            if (!put(out, answer(in + start, (size_t)(end - in) - start, out))) return 1;
            start = (size_t)(end - in) + 1;
        }
        memmove(in, in + start, held - start);
        held -= start;
    }
}
