// Preloaded into a server: counts its heap allocations and writes the number to standard error when
// it gets SIGUSR1, so that two readings tell what lies between them.
#include <dlfcn.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static unsigned long count;

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

void *malloc(size_t size) { return __atomic_add_fetch(&count, 1, 0), __libc_malloc(size); }
void *calloc(size_t n, size_t size) { return __atomic_add_fetch(&count, 1, 0), __libc_calloc(n, size); }
void *realloc(void *old, size_t size) { return __atomic_add_fetch(&count, 1, 0), __libc_realloc(old, size); }
void *aligned_alloc(size_t a, size_t size) { return __atomic_add_fetch(&count, 1, 0), __libc_memalign(a, size); }
int posix_memalign(void **to, size_t a, size_t size) {
    __atomic_add_fetch(&count, 1, 0);
    return (*to = __libc_memalign(a, size)) ? 0 : 12;
}

static void report(int number) {
    (void)number;
    char text[40];
    int length = snprintf(text, sizeof text, "allocations %lu\n", count);
    if (write(2, text, (size_t)length) < 0) return;
}

__attribute__((constructor)) static void start(void) { signal(SIGUSR1, report); }
__attribute__((destructor)) static void end(void) { report(0); }
