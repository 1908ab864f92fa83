/* Two replicas count, meet and agree, through the C ABI alone; then what a careless host does. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crdt_merge.h"

/* The bytes of docs/abi.md that this program needs. */
enum tag { TAG_NULL = 0, TAG_INT = 3, TAG_TEXT = 6, TAG_BYTES = 7, TAG_MAP = 9 };

struct buffer {
    uint8_t bytes[4096];
    size_t length;
};

static int checks, failures;

static void check(bool holds, const char *what) {
    checks += 1;
    if (!holds) {
        failures += 1;
        printf("FAILED: %s\n", what);
    }
}

static void push(struct buffer *out, const void *bytes, size_t length) {
    if (out->length + length > sizeof out->bytes) {
        fprintf(stderr, "the arguments do not fit\n");
        exit(2);
    }
    memcpy(out->bytes + out->length, bytes, length);
    out->length += length;
}

static void push_tag(struct buffer *out, enum tag tag) {
    uint8_t byte = (uint8_t)tag;
    push(out, &byte, 1);
}

static void push_count(struct buffer *out, size_t count) {
    uint8_t bytes[4] = {(uint8_t)count, (uint8_t)(count >> 8), (uint8_t)(count >> 16), (uint8_t)(count >> 24)};
    push(out, bytes, sizeof bytes);
}

static void push_int(struct buffer *out, int64_t value) {
    uint8_t bytes[8];
    for (int place = 0; place < 8; place++) {
        bytes[place] = (uint8_t)((uint64_t)value >> (8 * place));
    }
    push_tag(out, TAG_INT);
    push(out, bytes, sizeof bytes);
}

static void push_run(struct buffer *out, enum tag tag, const void *bytes, size_t length) {
    push_tag(out, tag);
    push_count(out, length);
    push(out, bytes, length);
}

static void push_text(struct buffer *out, const char *text) {
    push_run(out, TAG_TEXT, text, strlen(text));
}

static void open_record(struct buffer *out, size_t members) {
    out->length = 0;
    push_tag(out, TAG_MAP);
    push_count(out, members);
}

static int64_t read_int(const uint8_t *bytes) {
    uint64_t value = 0;
    for (int place = 0; place < 8; place++) {
        value |= (uint64_t)bytes[place] << (8 * place);
    }
    return (int64_t)value;
}

/* A reply, which the caller frees. */
struct reply {
    uint8_t *bytes;
    size_t length;
};

static struct reply call(uint32_t operation, const struct buffer *input) {
    struct reply reply;
    reply.bytes = crdt_call(operation, input->bytes, input->length, &reply.length);
    return reply;
}

/* The integer that an operation gives. */
static int64_t call_int(uint32_t operation, const struct buffer *input) {
    struct reply reply = call(operation, input);
    bool is_int = reply.length == 10 && reply.bytes[0] == 0 && reply.bytes[1] == TAG_INT;
    check(is_int, "an integer was expected");
    int64_t value = is_int ? read_int(reply.bytes + 2) : -1;
    crdt_free(reply.bytes, reply.length);
    return value;
}

/* Whether an operation is refused with a code. */
static bool refuses(uint32_t operation, const struct buffer *input, const char *code) {
    struct reply reply = call(operation, input);
    bool is_code = false;
    for (size_t place = 1; reply.bytes[0] == 1 && place + strlen(code) <= reply.length; place++) {
        is_code = is_code || memcmp(reply.bytes + place, code, strlen(code)) == 0;
    }
    crdt_free(reply.bytes, reply.length);
    return is_code;
}

static int64_t new_counter(const char *node, uint8_t entropy) {
    struct buffer input;
    uint8_t bytes[32];
    memset(bytes, entropy, sizeof bytes);
    open_record(&input, 2);
    push_text(&input, "node");
    push_text(&input, node);
    push_text(&input, "entropy");
    push_run(&input, TAG_BYTES, bytes, sizeof bytes);
    int64_t replica = call_int(CRDT_REPLICA_NEW, &input);
    open_record(&input, 2);
    push_text(&input, "kind");
    push_text(&input, "pn_counter");
    push_text(&input, "replica");
    push_int(&input, replica);
    return call_int(CRDT_STATE_NEW, &input);
}

static void of_state(struct buffer *input, int64_t state, size_t members) {
    open_record(input, members);
    push_text(input, "state");
    push_int(input, state);
}

/* Brings one state to another as a frame. */
static void merge_frame(int64_t from, int64_t into) {
    struct buffer input;
    of_state(&input, from, 1);
    struct reply frame = call(CRDT_STATE_ENCODE, &input);
    check(frame.bytes[0] == 0 && frame.bytes[1] == TAG_BYTES, "a frame is bytes");
    of_state(&input, into, 2);
    push_text(&input, "frame");
    /* The reply after its first byte is the datum that the next call takes. */
    push(&input, frame.bytes + 1, frame.length - 1);
    crdt_free(frame.bytes, frame.length);
    struct reply report = call(CRDT_STATE_MERGE_FRAME, &input);
    check(report.bytes[0] == 0, "the frame is merged");
    crdt_free(report.bytes, report.length);
}

static void two_replicas_count(void) {
    struct buffer input;
    int64_t likes = new_counter("laptop", 1), theirs = new_counter("phone", 2);
    check(crdt_counter_add(likes, 5) == 0, "a counter counts");
    check(crdt_counter_add(theirs, -2) == 0, "a counter counts down");
    merge_frame(likes, theirs);
    merge_frame(theirs, likes);
    of_state(&input, likes, 1);
    check(call_int(CRDT_STATE_VALUE, &input) == 3, "both count together");
    of_state(&input, likes, 2);
    push_text(&input, "other");
    push_int(&input, theirs);
    struct reply equal = call(CRDT_STATE_EQUAL, &input);
    check(equal.length == 2 && equal.bytes[1] == 2, "both are equal");
    crdt_free(equal.bytes, equal.length);
    check(crdt_close(likes) == 1 && crdt_close(likes) == 0, "a handle is closed once");
    check(crdt_counter_add(likes, 1) == 1, "a closed counter does not count");
    of_state(&input, likes, 1);
    check(refuses(CRDT_STATE_VALUE, &input, "CLOSED"), "a closed state has no value");
    crdt_close(theirs);
}

static void careless_calls_are_refused(void) {
    struct buffer input = {{0}, 0};
    check(refuses(CRDT_STATE_VALUE, &input, "BAD_ARGUMENT"), "no arguments");
    check(refuses(100000, &input, "BAD_ARGUMENT"), "no such operation");
    input.bytes[0] = 99;
    input.length = 1;
    check(refuses(CRDT_ECHO, &input, "BAD_ARGUMENT"), "no such datum");
    of_state(&input, INT64_MAX, 1);
    check(refuses(CRDT_STATE_VALUE, &input, "CLOSED"), "no such handle");
    check(crdt_operation((const uint8_t *)"state_value", 11) == CRDT_STATE_VALUE, "operations have their numbers");
    check(crdt_operation((const uint8_t *)"none", 4) == -1, "an unknown operation has none");
    crdt_free(NULL, 0);
    for (size_t length = 0; length <= 1 << 22; length = 3 * length + 1) {
        uint8_t *bytes = crdt_alloc(length);
        memset(bytes, 255, length);
        crdt_free(bytes, length);
    }
}

/* How many objects are open, and whether many calls leave any behind. */
static void nothing_is_left(void) {
    struct buffer input;
    open_record(&input, 0);
    int64_t before = call_int(CRDT_HANDLE_COUNT, &input);
    bool comes_and_goes = true;
    for (int round = 0; round < 10000; round++) {
        struct buffer kind;
        open_record(&kind, 1);
        push_text(&kind, "kind");
        push_text(&kind, "or_set");
        struct reply set = call(CRDT_STATE_NEW, &kind);
        comes_and_goes = comes_and_goes && set.length == 10 && crdt_close(read_int(set.bytes + 2)) == 1;
        crdt_free(set.bytes, set.length);
    }
    check(comes_and_goes, "sets come and go");
    check(call_int(CRDT_HANDLE_COUNT, &input) == before, "no object is left");
}

int main(void) {
    check(strcmp(crdt_abi(), CRDT_ABI) == 0, "library and header belong together");
    two_replicas_count();
    careless_calls_are_refused();
    nothing_is_left();
    printf("%d passed, %d failed\n", checks - failures, failures);
    return failures == 0 ? 0 : 1;
}
