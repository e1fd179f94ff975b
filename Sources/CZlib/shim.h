// zlib of the system; Swift does not see the macros deflateInit2 and inflateInit2, so they stand here as functions.
#ifndef CZLIB_SHIM_H
#define CZLIB_SHIM_H

#include <zlib.h>

// 15 bits of window; 16 more: with gzip's header and trailer (zlib.h, deflateInit2).
static inline int czlib_begin_gzip(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY);
}

// The same the other way: takes gzip and nothing else.
static inline int czlib_begin_gunzip(z_stream *stream) {
    return inflateInit2(stream, 15 + 16);
}

#endif
