/* What asn1c has generated from lukou-bench.asn, behind the functions of peer.h. */
#include "peer.h"

#include "Frame.h"

int peer_decode(void **held, const uint8_t *octets, size_t count) {
    return uper_decode_complete(NULL, &asn_DEF_Frame, held, octets, count).code == RC_OK ? 0 : -1;
}

void peer_release(void **held) {
    ASN_STRUCT_FREE(asn_DEF_Frame, *held);
    *held = NULL;
}

ptrdiff_t peer_encode(const void *held, uint8_t *octets, size_t room) {
    /* It counts bits. */
    asn_enc_rval_t done = uper_encode_to_buffer(&asn_DEF_Frame, (void *)held, octets, room);
    return done.encoded < 0 ? -1 : (done.encoded + 7) / 8;
}

static uint64_t of_lights(const Lights_t *lights) {
    uint64_t digest = mix(0, lights->count);
    for (int j = 0; j < lights->junctions.list.count; j++) {
        const Junction_t *junction = lights->junctions.list.array[j];
        for (int g = 0; g < junction->groups.list.count; g++) {
            const Group_t *group = junction->groups.list.array[g];
            digest = mix(digest, group->number);
            for (int s = 0; s < group->steps.list.count; s++) {
                const Step_t *step = group->steps.list.array[s];
                digest = mix(digest, step->colour);
                if (step->times != NULL && step->times->present == Times_PR_counted) {
                    digest = mix(digest, step->times->choice.counted.begin);
                    digest = mix(digest, step->times->choice.counted.likely);
                }
            }
        }
    }
    return digest;
}

static uint64_t of_seen(const Seen_t *seen) {
    uint64_t digest = mix(mix(mix(0, seen->count), seen->origin.lat), seen->origin.lon);
    for (int u = 0; u < seen->users.list.count; u++) {
        const User_t *user = seen->users.list.array[u];
        digest = mix(mix(mix(digest, user->kind), user->number), user->speed);
        digest = mix(mix(digest, user->course), user->extent.length);
    }
    return digest;
}

uint64_t peer_digest(const void *held) {
    const Frame_t *frame = held;
    switch (frame->present) {
    case Frame_PR_lights: return of_lights(&frame->choice.lights);
    case Frame_PR_seen: return of_seen(&frame->choice.seen);
    default: return 0;
    }
}
