// First, so that libevent's own _GNU_SOURCE cannot change what glibc's headers declare.
#ifdef __linux__
#include <features.h>
#endif
#include <event2/event.h>
#include <event2/util.h>
