/* What a peer's library gives to asn1/benches/codec.rs: the same four functions for each peer, one message at a time. */
#ifndef PEER_H_OF_LUKOU
#define PEER_H_OF_LUKOU

#include <stddef.h>
#include <stdint.h>

#define EXPORT __attribute__((visibility("default")))

/* Decodes one message into `*held`, which is NULL at first or what this function or `peer_release` left there. 0: done. */
EXPORT int peer_decode(void **held, const uint8_t *octets, size_t count);
/* Gives back what `peer_decode` took from the heap; a peer that decodes in place keeps its struct for the next message. */
EXPORT void peer_release(void **held);
/* Encodes one message; the number of octets, or less than 0. */
EXPORT ptrdiff_t peer_encode(const void *held, uint8_t *octets, size_t room);
/* A number made of members of the message, to see that the peer has read the values that we wrote. */
EXPORT uint64_t peer_digest(const void *held);

static inline uint64_t mix(uint64_t digest, int64_t value) { return digest * 31 + (uint64_t)value; }

#endif
