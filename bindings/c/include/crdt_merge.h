/* The C ABI of crdt-merge. docs/abi.md describes it and the bytes of arguments and replies.
 * Generated from spec/operations.toml and spec/surface.toml by `cargo xtask codegen`; edit the tables, not this file. */
#ifndef CRDT_MERGE_H
#define CRDT_MERGE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What crdt_abi() gives for the library that this header belongs to. */
#define CRDT_ABI "dcb1c2fa5fb5f5d8"

/* The number of every operation. */
enum crdt_operation_number {
    CRDT_ECHO = 0,
    CRDT_VALUE_ENCODE = 1,
    CRDT_VALUE_DECODE = 2,
    CRDT_PY_STR = 3,
    CRDT_PY_REPR = 4,
    CRDT_ORDER_TEXT = 5,
    CRDT_JSON_TEXT = 6,
    CRDT_KEY_ORDER = 7,
    CRDT_DECODE = 8,
    CRDT_DECODE_PREFIX = 9,
    CRDT_DECODE_WITHIN = 10,
    CRDT_DECODE_LENIENT = 11,
    CRDT_ENCODE = 12,
    CRDT_ROUNDTRIP = 13,
    CRDT_COMPRESS = 14,
    CRDT_PEEK = 15,
    CRDT_CANONICALIZE = 16,
    CRDT_BATCH_PACK = 17,
    CRDT_BATCH_UNPACK = 18,
    CRDT_MERGE = 19,
    CRDT_APPLY = 20,
    CRDT_READ = 21,
    CRDT_COMPARE = 22,
    CRDT_MERKLE_DIFF = 23,
    CRDT_ANTI_ENTROPY = 24,
    CRDT_SKETCH_HASH = 25,
    CRDT_SKETCH_BUILD = 26,
    CRDT_HLL_POSITION = 27,
    CRDT_BLOOM_POSITIONS = 28,
    CRDT_BLOOM_SIZING = 29,
    CRDT_CMS_POSITIONS = 30,
    CRDT_RECORD_HASH = 31,
    CRDT_LEAF_HASH = 32,
    CRDT_DELTA_COMPUTE = 33,
    CRDT_DELTA_APPLY = 34,
    CRDT_DELTA_COMPOSE = 35,
    CRDT_SCHEMA_EVOLVE = 36,
    CRDT_SCHEMA_WIDEN = 37,
    CRDT_SCHEMA_CHECK = 38,
    CRDT_DEDUP_NORMALIZE = 39,
    CRDT_DEDUP_DICE = 40,
    CRDT_DEDUP_LIST = 41,
    CRDT_DEDUP_RECORDS = 42,
    CRDT_CONVERT = 43,
    CRDT_STATE_ID = 44,
    CRDT_JOIN = 45,
    CRDT_SEAL = 46,
    CRDT_CHUNK = 47,
    CRDT_ASSEMBLE = 48,
    CRDT_SYMBOLS = 49,
    CRDT_RECONCILE = 50,
    CRDT_SUMMARY = 51,
    CRDT_DELTA_FOR = 52,
    CRDT_SESSION = 53,
    CRDT_COMPACT_TO = 54,
    CRDT_REPLICA_LOAD = 55,
    CRDT_LIBRARY_INFO = 56,
    CRDT_HANDLE_CLOSE = 57,
    CRDT_HANDLE_COUNT = 58,
    CRDT_FRAME_INSPECT = 59,
    CRDT_REPLICA_NEW = 60,
    CRDT_REPLICA_OPEN = 61,
    CRDT_REPLICA_SAVE = 62,
    CRDT_REPLICA_CLOSE = 63,
    CRDT_REPLICA_INFO = 64,
    CRDT_REPLICA_NOW = 65,
    CRDT_REPLICA_ATTACH = 66,
    CRDT_PICK_PEERS = 67,
    CRDT_STATE_NEW = 68,
    CRDT_STATE_DECODE = 69,
    CRDT_STATE_ENCODE = 70,
    CRDT_STATE_IDENTIFY = 71,
    CRDT_STATE_INFO = 72,
    CRDT_STATE_COPY = 73,
    CRDT_STATE_MERGE = 74,
    CRDT_STATE_MERGE_FRAME = 75,
    CRDT_STATE_MERGE_JOB = 76,
    CRDT_STATE_COMPARE = 77,
    CRDT_STATE_EQUAL = 78,
    CRDT_STATE_VALUE = 79,
    CRDT_STATE_DESCRIBE = 80,
    CRDT_STATE_SUMMARY = 81,
    CRDT_STATE_DELTA = 82,
    CRDT_STATE_COMPACT = 83,
    CRDT_STATE_SALVAGE = 84,
    CRDT_SESSION_NEW = 85,
    CRDT_SESSION_START = 86,
    CRDT_SESSION_RECEIVE = 87,
    CRDT_SESSION_INFO = 88,
    CRDT_COUNTER_ADD = 89,
    CRDT_COUNTER_SLOTS = 90,
    CRDT_COUNTER_TRANSFER = 91,
    CRDT_COUNTER_RIGHTS = 92,
    CRDT_FLAG_SET = 93,
    CRDT_CLOCK_TICK = 94,
    CRDT_CLOCK_PARTS = 95,
    CRDT_REGISTER_SET = 96,
    CRDT_REGISTER_ENTRIES = 97,
    CRDT_MAP_PUT = 98,
    CRDT_MAP_DELETE = 99,
    CRDT_MAP_GET = 100,
    CRDT_MAP_KEYS = 101,
    CRDT_MAP_LEN = 102,
    CRDT_MAP_TOMBSTONES = 103,
    CRDT_SET_ADD = 104,
    CRDT_SET_REMOVE = 105,
    CRDT_SET_HAS = 106,
    CRDT_SET_VALUES = 107,
    CRDT_SET_LEN = 108,
    CRDT_SKETCH_ADD = 109,
    CRDT_SKETCH_QUERY = 110,
    CRDT_SKETCH_ESTIMATE = 111,
    CRDT_SKETCH_INFO = 112,
    CRDT_SKETCH_SIMILARITY = 113,
    CRDT_TREE_PUT = 114,
    CRDT_TREE_REMOVE = 115,
    CRDT_TREE_INFO = 116,
    CRDT_TREE_KEYS = 117,
    CRDT_TREE_GET = 118,
    CRDT_TREE_DIFF = 119,
    CRDT_GOSSIP_DIGESTS = 120,
    CRDT_GOSSIP_EXCHANGE = 121,
    CRDT_GOSSIP_APPLY = 122,
    CRDT_LAW_CHECK = 123,
    CRDT_LAW_JOB = 124,
    CRDT_JOB_STEP = 125,
    CRDT_JOB_ANSWER = 126,
    CRDT_JOB_RESULT = 127,
    CRDT_JOB_CANCEL = 128,
};

/* Text that ends with a zero byte and lives for ever; compare it with CRDT_ABI. */
const char *crdt_abi(void);

/* Calls an operation. The reply is the caller's and goes to crdt_free; input may be null with length 0. */
uint8_t *crdt_call(uint32_t operation, const uint8_t *input, size_t length, size_t *reply_length);

/* The number of an operation by its name, or -1. */
int32_t crdt_operation(const uint8_t *name, size_t length);

/* Memory for arguments, for hosts that have none of their own. */
uint8_t *crdt_alloc(size_t length);

/* Gives back what crdt_alloc or crdt_call gave out, once and with its length. */
void crdt_free(uint8_t *bytes, size_t length);

/* Adds to a counter: 0, or 1 when it failed; CRDT_COUNTER_ADD by crdt_call says why. */
int32_t crdt_counter_add(int64_t state, int64_t amount);

/* Lets go of the object of a handle: 1 if it was open. */
int32_t crdt_close(int64_t handle);

#ifdef __cplusplus
}
#endif

#endif
