// First, so that nothing below can change what glibc's headers declare.
#ifdef __linux__
#include <features.h>
#endif
#include <curl/curl.h>
#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>

// libcurl is loaded by name at its first use and not linked: its thirty libraries double the start
// and the memory of a process that never speaks HTTP.
struct ccurl {
    void *library;
    __typeof__(&curl_global_init) global_init;
    __typeof__(&curl_version_info) version_info;
    __typeof__(&curl_easy_init) easy_init;
    __typeof__(&curl_easy_setopt) easy_setopt;
    __typeof__(&curl_easy_getinfo) easy_getinfo;
    __typeof__(&curl_easy_pause) easy_pause;
    __typeof__(&curl_easy_strerror) easy_strerror;
    __typeof__(&curl_easy_cleanup) easy_cleanup;
    __typeof__(&curl_url) url;
    __typeof__(&curl_url_set) url_set;
    __typeof__(&curl_url_cleanup) url_cleanup;
    __typeof__(&curl_multi_init) multi_init;
    __typeof__(&curl_multi_setopt) multi_setopt;
    __typeof__(&curl_multi_add_handle) multi_add_handle;
    __typeof__(&curl_multi_remove_handle) multi_remove_handle;
    __typeof__(&curl_multi_socket_action) multi_socket_action;
    __typeof__(&curl_multi_info_read) multi_info_read;
    __typeof__(&curl_multi_cleanup) multi_cleanup;
    // Of the libssl and the libcrypto that this libcurl uses; NULL where it uses other libraries.
    void (*set_store)(void *context, void *store);
    void *make_store;
};

// Whether the library and all that is needed of it is there. It stays loaded.
static inline bool ccurl_load(struct ccurl *curl, const char *name) {
    curl->library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (!curl->library) return false;
#define FIND(function)                                                                             \
    curl->function = (__typeof__(curl->function))dlsym(curl->library, "curl_" #function);          \
    if (!curl->function) return false;
    FIND(global_init)
    FIND(version_info)
    FIND(easy_init)
    FIND(easy_setopt)
    FIND(easy_getinfo)
    FIND(easy_pause)
    FIND(easy_strerror)
    FIND(easy_cleanup)
    FIND(url)
    FIND(url_set)
    FIND(url_cleanup)
    FIND(multi_init)
    FIND(multi_setopt)
    FIND(multi_add_handle)
    FIND(multi_remove_handle)
    FIND(multi_socket_action)
    FIND(multi_info_read)
    FIND(multi_cleanup)
#undef FIND
    // A library's handle also finds what the library itself is linked with.
    curl->set_store = (__typeof__(curl->set_store))dlsym(curl->library, "SSL_CTX_set1_cert_store");
    curl->make_store = dlsym(curl->library, "X509_STORE_new");
    return curl->global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

// Options that are younger than the headers may be; an older library refuses them.
static const CURLoption ccurl_protocols = (CURLoption)(CURLOPTTYPE_STRINGPOINT + 318);
static const CURLoption ccurl_quick_exit = (CURLoption)(CURLOPTTYPE_LONG + 322);

static inline unsigned int ccurl_version_of(const struct ccurl *curl) {
    return curl->version_info(CURLVERSION_NOW)->version_num;
}

// One wrapper for each type of argument of the variadic functions.
static inline CURLcode ccurl_set_long(
    const struct ccurl *curl, CURL *easy, CURLoption option, long value) {
    return curl->easy_setopt(easy, option, value);
}
static inline CURLcode ccurl_set_size(
    const struct ccurl *curl, CURL *easy, CURLoption option, curl_off_t value) {
    return curl->easy_setopt(easy, option, value);
}
static inline CURLcode ccurl_set_text(
    const struct ccurl *curl, CURL *easy, CURLoption option, const char *value) {
    return curl->easy_setopt(easy, option, value);
}
static inline CURLcode ccurl_set_bytes(
    const struct ccurl *curl, CURL *easy, CURLoption option, const void *value) {
    return curl->easy_setopt(easy, option, value);
}
static inline CURLcode ccurl_set_list(
    const struct ccurl *curl, CURL *easy, CURLoption option, struct curl_slist *value) {
    return curl->easy_setopt(easy, option, value);
}
static inline CURLcode ccurl_set_url(const struct ccurl *curl, CURL *easy, CURLU *value) {
    return curl->easy_setopt(easy, CURLOPT_CURLU, value);
}
static inline CURLcode ccurl_set_buffer(
    const struct ccurl *curl, CURL *easy, CURLoption option, void *value) {
    return curl->easy_setopt(easy, option, value);
}
static inline void ccurl_set_data_callback(
    const struct ccurl *curl, CURL *easy, CURLoption function, CURLoption argument,
    curl_write_callback callback, void *context) {
    curl->easy_setopt(easy, function, callback);
    curl->easy_setopt(easy, argument, context);
}
static inline void ccurl_set_request_callback(
    const struct ccurl *curl, CURL *easy, curl_prereq_callback callback, void *context) {
    curl->easy_setopt(easy, CURLOPT_PREREQFUNCTION, callback);
    curl->easy_setopt(easy, CURLOPT_PREREQDATA, context);
}
static inline void ccurl_set_open_callback(
    const struct ccurl *curl, CURL *easy, curl_opensocket_callback callback,
    void *context) {
    curl->easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, callback);
    curl->easy_setopt(easy, CURLOPT_OPENSOCKETDATA, context);
}
static inline void ccurl_set_close_callback(
    const struct ccurl *curl, CURL *easy, curl_closesocket_callback callback,
    void *context) {
    curl->easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, callback);
    curl->easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, context);
}
static inline CURLcode ccurl_set_tls_callback(
    const struct ccurl *curl, CURL *easy, curl_ssl_ctx_callback callback, void *context) {
    curl->easy_setopt(easy, CURLOPT_SSL_CTX_DATA, context);
    return curl->easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, callback);
}
static inline long ccurl_get_long(const struct ccurl *curl, CURL *easy, CURLINFO info) {
    long value = 0;
    curl->easy_getinfo(easy, info, &value);
    return value;
}
static inline void ccurl_multi_set_long(
    const struct ccurl *curl, CURLM *multi, CURLMoption option, long value) {
    curl->multi_setopt(multi, option, value);
}
static inline void ccurl_multi_set_callbacks(
    const struct ccurl *curl, CURLM *multi, curl_socket_callback socket,
    curl_multi_timer_callback timer, void *context) {
    curl->multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, socket);
    curl->multi_setopt(multi, CURLMOPT_SOCKETDATA, context);
    curl->multi_setopt(multi, CURLMOPT_TIMERFUNCTION, timer);
    curl->multi_setopt(multi, CURLMOPT_TIMERDATA, context);
}

// The next transfer that has ended, or NULL.
static inline CURL *ccurl_multi_next_ended(
    const struct ccurl *curl, CURLM *multi, CURLcode *result) {
    int left;
    CURLMsg *message;
    while ((message = curl->multi_info_read(multi, &left))) {
        if (message->msg != CURLMSG_DONE) continue;
        *result = message->data.result;
        return message->easy_handle;
    }
    return NULL;
}

// The rest, by the same table.
static inline CURL *ccurl_make_easy(const struct ccurl *curl) {
    return curl->easy_init();
}
static inline void ccurl_free_easy(const struct ccurl *curl, CURL *easy) {
    curl->easy_cleanup(easy);
}
static inline void ccurl_use_store(const struct ccurl *curl, void *context, void *store) {
    curl->set_store(context, store);
}
static inline bool ccurl_can_use_store(const struct ccurl *curl, const void *make_store) {
    return curl->set_store && curl->make_store == make_store;
}
static inline CURLcode ccurl_go_on(const struct ccurl *curl, CURL *easy) {
    return curl->easy_pause(easy, CURLPAUSE_CONT);
}
static inline const char *ccurl_reason(const struct ccurl *curl, CURLcode code) {
    return curl->easy_strerror(code);
}
// A URL, taken apart as libcurl does it by itself; NULL where it would refuse it.
static inline CURLU *ccurl_make_url(const struct ccurl *curl, const char *text) {
    const unsigned int flags = CURLU_GUESS_SCHEME | CURLU_NON_SUPPORT_SCHEME | CURLU_DISALLOW_USER
        | CURLU_PATH_AS_IS;
    CURLU *url = curl->url();
    if (url && curl->url_set(url, CURLUPART_URL, text, flags) == CURLUE_OK) return url;
    curl->url_cleanup(url);
    return NULL;
}
static inline void ccurl_free_url(const struct ccurl *curl, CURLU *url) {
    curl->url_cleanup(url);
}
static inline CURLM *ccurl_make_multi(const struct ccurl *curl) {
    return curl->multi_init();
}
static inline void ccurl_free_multi(const struct ccurl *curl, CURLM *multi) {
    curl->multi_cleanup(multi);
}
static inline CURLMcode ccurl_multi_add(
    const struct ccurl *curl, CURLM *multi, CURL *easy) {
    return curl->multi_add_handle(multi, easy);
}
static inline void ccurl_multi_remove(const struct ccurl *curl, CURLM *multi, CURL *easy) {
    curl->multi_remove_handle(multi, easy);
}
static inline void ccurl_multi_act(
    const struct ccurl *curl, CURLM *multi, curl_socket_t socket, int events) {
    int running;
    curl->multi_socket_action(multi, socket, events, &running);
}
