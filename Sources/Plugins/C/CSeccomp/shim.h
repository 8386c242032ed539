// Only Linux has this way of giving up system calls.
#ifdef __linux__
// First, so that nothing below can change what glibc's headers declare.
#include <features.h>
#include <dlfcn.h>
#include <errno.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/mman.h>

// Loaded by name in the one process that needs it, as libjq is.
struct cseccomp {
    void *library;
    __typeof__(&seccomp_init) init;
    __typeof__(&seccomp_rule_add_array) rule_add_array;
    __typeof__(&seccomp_syscall_resolve_name) syscall_resolve_name;
    __typeof__(&seccomp_load) load;
};

static inline bool cseccomp_open(struct cseccomp *seccomp, const char *name) {
    seccomp->library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (!seccomp->library) return false;
#define FIND(function)                                                                             \
    seccomp->function =                                                                            \
        (__typeof__(seccomp->function))dlsym(seccomp->library, "seccomp_" #function);              \
    if (!seccomp->function) return false;
    FIND(init)
    FIND(rule_add_array)
    FIND(syscall_resolve_name)
    FIND(load)
#undef FIND
    return true;
}

// A filter that ends the process at every system call that is not allowed; NULL if there is none.
static inline void *cseccomp_make(const struct cseccomp *seccomp) {
    void *filter = seccomp->init(SCMP_ACT_KILL_PROCESS);
    return filter ? filter : seccomp->init(SCMP_ACT_KILL);
}

// Allows a system call by name; one that this system does not have needs no permission.
static inline bool cseccomp_allow(const struct cseccomp *seccomp, void *filter, const char *name) {
    int number = seccomp->syscall_resolve_name(name);
    if (number < 0) return true;
    return seccomp->rule_add_array(filter, SCMP_ACT_ALLOW, number, 0, NULL) == 0;
}

// Allows a system call whose third argument is a protection, unless it asks for code.
static inline bool cseccomp_allow_data(
    const struct cseccomp *seccomp, void *filter, const char *name) {
    int number = seccomp->syscall_resolve_name(name);
    if (number < 0) return true;
    struct scmp_arg_cmp data = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
    return seccomp->rule_add_array(filter, SCMP_ACT_ALLOW, number, 1, &data) == 0;
}

// From now on only what the filter allows; it cannot be undone.
static inline bool cseccomp_apply(const struct cseccomp *seccomp, void *filter) {
    return seccomp->load(filter) == 0;
}
#endif
