#ifdef __linux__
#include <features.h>
#endif
// Texts are UTF-8.
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
