#include "CSpawn.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

// One place per event loop: the program has one, its tests have several at a time. 0 means free,
// otherwise the descriptor plus one.
#define PLACES 64
static _Atomic int places[PLACES];
static _Atomic int handlers;

static void deliver(int number) {
    int before = errno;
    unsigned char byte = (unsigned char)number;
    atomic_fetch_add(&handlers, 1);
    for (int index = 0; index < PLACES; index++) {
        int place = atomic_load(&places[index]);
        if (place == 0) continue;
        // A full pipe already holds enough to wake its reader.
        ssize_t written = write(place - 1, &byte, 1);
        (void)written;
    }
    atomic_fetch_sub(&handlers, 1);
    errno = before;
}

int signals_catch(int number) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = deliver;
    action.sa_flags = SA_RESTART | SA_NOCLDSTOP;
    sigfillset(&action.sa_mask);
    return sigaction(number, &action, NULL) == 0 ? 0 : errno;
}

int signals_attach(int descriptor) {
    for (int index = 0; index < PLACES; index++) {
        int expected = 0;
        if (atomic_compare_exchange_strong(&places[index], &expected, descriptor + 1)) return index;
    }
    return -1;
}

void signals_detach(int descriptor) {
    for (int index = 0; index < PLACES; index++) {
        int expected = descriptor + 1;
        atomic_compare_exchange_strong(&places[index], &expected, 0);
    }
    // A handler on another thread may have read the place just before; it is a few writes long.
    while (atomic_load(&handlers) != 0) {
    }
}

void signals_prepare(void) {
    signal(SIGPIPE, SIG_IGN);
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    pthread_sigmask(SIG_UNBLOCK, &child, NULL);
}
