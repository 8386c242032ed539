#ifdef __linux__
#include <features.h>
#endif
#include <expat.h>
