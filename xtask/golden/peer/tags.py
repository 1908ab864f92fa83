"""Names of the types that have a version-1 form, in the order of their tags."""

KINDS = {
    0x01: "g_counter",
    0x02: "pn_counter",
    0x03: "lww_register",
    0x04: "or_set",
    0x05: "lww_map",
    0x10: "delta",
    0x20: "generic",
    0x30: "hll",
    0x31: "bloom",
    0x32: "cms",
    0x40: "vector_clock",
    0x41: "dotted_version_vector",
    0x42: "merkle_tree",
    0x43: "gossip_state",
    0x44: "gossip_entry",
    0x45: "schema_evolution_result",
    0x46: "schema_change",
    0x47: "merkle_diff",
    0x50: "mergeql_query",
    0x51: "merge_plan",
    0x52: "mergeql_result",
    0x53: "parquet_merge_metadata",
    0x54: "conflict_record",
    0x55: "conflict_topology",
}

JSON_KINDS = {name for tag, name in KINDS.items() if tag >= 0x40}

JOINED = [
    "g_counter",
    "pn_counter",
    "lww_register",
    "or_set",
    "lww_map",
    "hll",
    "bloom",
    "cms",
    "vector_clock",
    "dotted_version_vector",
    "merkle_tree",
    "gossip_state",
]

# JSON documents that are not states: the kinds whose integers may be wider than 64 bits.
REPORTS = {name for tag, name in KINDS.items() if tag >= 0x45}
