#ifdef __linux__
#include <features.h>
#endif
#include <openssl/evp.h>
#include <openssl/err.h>
#include <openssl/hmac.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

// Which libcrypto this is: another one's stores are not ours.
static inline const void *crypto_store_maker(void) { return (const void *)X509_STORE_new; }
