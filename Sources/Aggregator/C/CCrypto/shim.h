#ifdef __linux__
#include <features.h>
#endif
// SHA-256 is called directly: its newer interface starts OpenSSL's providers first, which takes a
// millisecond and two megabytes in a process that needs nothing else of them.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/evp.h>
#include <openssl/sha.h>
