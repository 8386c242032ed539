#ifndef MANIFOLD_SPAWN_H
#define MANIFOLD_SPAWN_H
#endif
