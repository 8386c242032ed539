#ifdef __linux__
#include <features.h>
#endif
#include <openssl/evp.h>
