// First, so that nothing below can change what glibc's headers declare.
#ifdef __linux__
#include <features.h>
#endif
#include <stdint.h>
#include <jq.h>
#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>

// libjq is loaded by name in the one process that runs programs, and not linked: no other process
// pays its start-up time and its memory, or can be hurt by it.
struct cjq {
    void *library;
    __typeof__(&jq_init) jq_init;
    __typeof__(&jq_teardown) jq_teardown;
    __typeof__(&jq_set_error_cb) jq_set_error_cb;
    __typeof__(&jq_set_input_cb) jq_set_input_cb;
    __typeof__(&jq_set_debug_cb) jq_set_debug_cb;
    __typeof__(&jv_invalid) jv_invalid;
    __typeof__(&jq_compile) jq_compile;
    __typeof__(&jq_start) jq_start;
    __typeof__(&jq_next) jq_next;
    __typeof__(&jq_halted) jq_halted;
    __typeof__(&jv_copy) jv_copy;
    __typeof__(&jv_free) jv_free;
    __typeof__(&jv_get_kind) jv_get_kind;
    __typeof__(&jv_number) jv_number;
    __typeof__(&jv_array) jv_array;
    __typeof__(&jv_array_append) jv_array_append;
    __typeof__(&jv_parse_sized) jv_parse_sized;
    __typeof__(&jv_dump_string) jv_dump_string;
    __typeof__(&jv_string_value) jv_string_value;
    __typeof__(&jv_string_length_bytes) jv_string_length_bytes;
    __typeof__(&jv_invalid_has_msg) jv_invalid_has_msg;
    __typeof__(&jv_invalid_get_msg) jv_invalid_get_msg;
    __typeof__(&jv_equal) jv_equal;
};

// Whether the library and all that is needed of it is there. It stays loaded.
static inline bool cjq_load(struct cjq *jq, const char *name) {
    jq->library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (!jq->library) return false;
#define FIND(function)                                                                             \
    jq->function = (__typeof__(jq->function))dlsym(jq->library, #function);                        \
    if (!jq->function) return false;
    FIND(jq_init)
    FIND(jq_teardown)
    FIND(jq_set_error_cb)
    FIND(jq_set_input_cb)
    FIND(jq_set_debug_cb)
    FIND(jv_invalid)
    FIND(jq_compile)
    FIND(jq_start)
    FIND(jq_next)
    FIND(jq_halted)
    FIND(jv_copy)
    FIND(jv_free)
    FIND(jv_get_kind)
    FIND(jv_number)
    FIND(jv_array)
    FIND(jv_array_append)
    FIND(jv_parse_sized)
    FIND(jv_dump_string)
    FIND(jv_string_value)
    FIND(jv_string_length_bytes)
    FIND(jv_invalid_has_msg)
    FIND(jv_invalid_get_msg)
    FIND(jv_equal)
#undef FIND
    return true;
}

// Why the library could not be loaded, in the loader's words.
static inline const char *cjq_reason(void) { return dlerror(); }

// The calls that are made, because a pointer to a function in a struct is awkward elsewhere.
static inline jq_state *cjq_make(const struct cjq *jq) { return jq->jq_init(); }
static inline void cjq_drop(const struct cjq *jq, jq_state *state) { jq->jq_teardown(&state); }
static inline void cjq_on_error(
    const struct cjq *jq, jq_state *state, jq_msg_cb callback, void *context) {
    jq->jq_set_error_cb(state, callback, context);
}
// There are no other inputs; without this, libjq 1.6 calls through a null pointer for them.
static inline jv cjq_no_input(jq_state *state, void *jq) {
    (void)state;
    return ((const struct cjq *)jq)->jv_invalid();
}
// Nor is there anybody to debug for; without this, libjq 1.6 calls what its memory held before.
static inline void cjq_no_debug(void *jq, jv message) {
    ((const struct cjq *)jq)->jv_free(message);
}
static inline void cjq_isolate(const struct cjq *jq, jq_state *state) {
    jq->jq_set_input_cb(state, cjq_no_input, (void *)jq);
    jq->jq_set_debug_cb(state, cjq_no_debug, (void *)jq);
}
static inline bool cjq_compile(const struct cjq *jq, jq_state *state, const char *program) {
    return jq->jq_compile(state, program) != 0;
}
static inline void cjq_start(const struct cjq *jq, jq_state *state, jv input) {
    jq->jq_start(state, input, 0);
}
static inline jv cjq_next(const struct cjq *jq, jq_state *state) { return jq->jq_next(state); }
static inline bool cjq_halted(const struct cjq *jq, jq_state *state) {
    return jq->jq_halted(state) != 0;
}
static inline jv cjq_copy(const struct cjq *jq, jv value) { return jq->jv_copy(value); }
static inline void cjq_free(const struct cjq *jq, jv value) { jq->jv_free(value); }
static inline bool cjq_is_valid(const struct cjq *jq, jv value) {
    return jq->jv_get_kind(value) != JV_KIND_INVALID;
}
static inline bool cjq_is_string(const struct cjq *jq, jv value) {
    return jq->jv_get_kind(value) == JV_KIND_STRING;
}
static inline jv cjq_parse(const struct cjq *jq, const void *bytes, int count) {
    return jq->jv_parse_sized((const char *)bytes, count);
}
static inline jv cjq_dump(const struct cjq *jq, jv value) { return jq->jv_dump_string(value, 0); }
static inline const char *cjq_bytes(const struct cjq *jq, jv text) {
    return jq->jv_string_value(text);
}
// Of a string that is kept.
static inline int cjq_count(const struct cjq *jq, jv text) {
    return jq->jv_string_length_bytes(jq->jv_copy(text));
}
// Of an invalid value that is kept.
static inline bool cjq_has_message(const struct cjq *jq, jv invalid) {
    return jq->jv_invalid_has_msg(jq->jv_copy(invalid)) != 0;
}
// Takes the invalid value.
static inline jv cjq_message(const struct cjq *jq, jv invalid) {
    return jq->jv_invalid_get_msg(invalid);
}
// Of two values that are kept.
static inline bool cjq_equal(const struct cjq *jq, jv one, jv other) {
    return jq->jv_equal(jq->jv_copy(one), jq->jv_copy(other)) != 0;
}
// What a program is started with: [rule, context, document]. Takes the two values.
static inline jv cjq_input(const struct cjq *jq, int rule, jv context, jv document) {
    jv input = jq->jv_array_append(jq->jv_array(), jq->jv_number(rule));
    return jq->jv_array_append(jq->jv_array_append(input, context), document);
}
