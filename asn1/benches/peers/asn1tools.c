/* What asn1tools has generated from lukou-bench.asn without its extension markers, behind the functions of peer.h. */
#include "peer.h"

#include <stdlib.h>

#include "generated.h"

typedef struct generated_lukou__bench_frame_t Frame;
typedef struct generated_lukou__bench_lights_t Lights;
typedef struct generated_lukou__bench_junction_t Junction;
typedef struct generated_lukou__bench_group_t Group;
typedef struct generated_lukou__bench_step_t Step;
typedef struct generated_lukou__bench_seen_t Seen;
typedef struct generated_lukou__bench_user_t User;

int peer_decode(void **held, const uint8_t *octets, size_t count) {
    if (*held == NULL && (*held = calloc(1, sizeof(Frame))) == NULL) return -1;
    return generated_lukou__bench_frame_decode(*held, octets, count) < 0 ? -1 : 0;
}

/* Every list has room for as many as the schema allows, so nothing was taken from the heap for this message. */
void peer_release(void **held) { (void)held; }

ptrdiff_t peer_encode(const void *held, uint8_t *octets, size_t room) {
    return generated_lukou__bench_frame_encode(octets, room, held);
}

static uint64_t of_lights(const Lights *lights) {
    uint64_t digest = mix(0, lights->count);
    for (int j = 0; j < lights->junctions.length; j++) {
        const Junction *junction = &lights->junctions.elements[j];
        for (int g = 0; g < junction->groups.length; g++) {
            const Group *group = &junction->groups.elements[g];
            digest = mix(digest, group->number);
            for (int s = 0; s < group->steps.length; s++) {
                const Step *step = &group->steps.elements[s];
                digest = mix(digest, step->colour.value);
                if (step->is_times_present && step->times.choice == generated_lukou__bench_times_choice_counted_e) {
                    digest = mix(digest, step->times.value.counted.begin);
                    digest = mix(digest, step->times.value.counted.likely);
                }
            }
        }
    }
    return digest;
}

static uint64_t of_seen(const Seen *seen) {
    uint64_t digest = mix(mix(mix(0, seen->count), seen->origin.lat), seen->origin.lon);
    for (int u = 0; u < seen->users.length; u++) {
        const User *user = &seen->users.elements[u];
        digest = mix(mix(mix(digest, user->kind.value), user->number), user->speed);
        digest = mix(mix(digest, user->course), user->extent.length);
    }
    return digest;
}

uint64_t peer_digest(const void *held) {
    const Frame *frame = held;
    switch (frame->choice) {
    case generated_lukou__bench_frame_choice_lights_e: return of_lights(&frame->value.lights);
    case generated_lukou__bench_frame_choice_seen_e: return of_seen(&frame->value.seen);
    default: return 0;
    }
}
