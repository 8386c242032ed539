// A plugin for Manifold in C: refuses every call whose arguments hold a word that is given to it.
//
//     cc -O2 -o refuse refuse.c
//
//     plugins:
//       - executable: { name: refuse, command: ./refuse, args: [DROP TABLE] }
//
// It looks for the word in the bytes of the question and reads no JSON but the id, which Manifold writes
// first: `{"jsonrpc":"2.0","id":7,"method":"plugin/judge",…`. The contract:
// Sources/Plugins/Executable/README.md.

#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int count, char **arguments) {
    if (getenv("MANIFOLD_PLUGIN") == NULL || count != 2) {
        fprintf(stderr, "This is a plugin for Manifold: refuse WORD\n");
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    puts("{\"jsonrpc\":\"2.0\",\"method\":\"plugin/hello\","
         "\"params\":{\"contract\":1,\"name\":\"refuse\"}}");
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, stdin) > 0) {
        long id = 0;
        if (sscanf(line, "{\"jsonrpc\":\"2.0\",\"id\":%ld,", &id) != 1) continue;
        const char *document = strstr(line, "\"document\":");
        const char *verdict = document != NULL && strstr(document, arguments[1]) != NULL
                                  ? "{\"verdict\":\"refuse\",\"reason\":\"it holds a forbidden word\"}"
                                  : "{\"verdict\":\"pass\"}";
        printf("{\"jsonrpc\":\"2.0\",\"id\":%ld,\"result\":%s}\n", id, verdict);
    }
    free(line);
    return 0;
}
