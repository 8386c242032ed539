#ifdef __linux__
#include <features.h>
#endif
// SHA-256 is called directly: its newer interface starts OpenSSL's providers first, which takes a
// millisecond and two megabytes in a process that needs nothing else of them.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/evp.h>
#include <openssl/err.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/ssl.h>

// Macros, which Swift does not see.
static inline int tls_require_1_2(SSL_CTX *context) {
    return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
}

// Partial writes, because what is sent lies in a queue; no buffers between records, because most
// connections are idle; no renegotiation, because it makes a read wait for a write.
static inline void tls_set_modes(SSL_CTX *context) {
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
}

// A passphrase is never asked for: nobody sits at the terminal.
static int tls_no_passphrase(char *buffer, int size, int writing, void *context) {
    (void)buffer, (void)size, (void)writing, (void)context;
    return -1;
}

static inline void tls_ask_for_no_passphrase(SSL_CTX *context) {
    SSL_CTX_set_default_passwd_cb(context, tls_no_passphrase);
}

// The one protocol that is spoken here; who offers others only is told so at once (RFC 7301 §3.2).
static int tls_select_protocol(SSL *session, const unsigned char **chosen, unsigned char *length,
                               const unsigned char *offered, unsigned int offeredLength,
                               void *context) {
    static const unsigned char ours[] = "\x08http/1.1";
    (void)session, (void)context;
    int result = SSL_select_next_proto((unsigned char **)chosen, length, ours, sizeof ours - 1,
                                       offered, offeredLength);
    return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

static inline void tls_offer_http(SSL_CTX *context) {
    SSL_CTX_set_alpn_select_cb(context, tls_select_protocol, NULL);
}

// A variadic function.
static inline EVP_PKEY *crypto_make_rsa_key(void) { return EVP_RSA_gen(2048); }

// Which libcrypto this is: another one's stores are not ours.
static inline const void *crypto_store_maker(void) { return (const void *)X509_STORE_new; }
