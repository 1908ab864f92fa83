//! Registries of the protocol as Rust items.
//!
//! Generated from `spec/*.toml` by `cargo xtask codegen`; edit the tables, not this file.

/// Stable error code. The text form ([`Code::as_str`]) is the same in every language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Code {
    /// `TOO_SHORT`.
    TooShort,
    /// `BAD_MAGIC`.
    BadMagic,
    /// `BAD_VERSION`.
    BadVersion,
    /// `BAD_FLAGS`.
    BadFlags,
    /// `TRUNCATED`.
    Truncated,
    /// `TRAILING_BYTES`.
    TrailingBytes,
    /// `BAD_ZLIB`.
    BadZlib,
    /// `BAD_INTEGRITY`.
    BadIntegrity,
    /// `NOT_CANONICAL`.
    NotCanonical,
    /// `BAD_VALUE_TAG`.
    BadValueTag,
    /// `BAD_UTF8`.
    BadUtf8,
    /// `BAD_KEY`.
    BadKey,
    /// `BAD_JSON`.
    BadJson,
    /// `BAD_SCHEMA`.
    BadSchema,
    /// `UNKNOWN_TYPE`.
    UnknownType,
    /// `UNSUPPORTED_SCHEMA`.
    UnsupportedSchema,
    /// `UNKNOWN_FIELD`.
    UnknownField,
    /// `CHUNK_MISMATCH`.
    ChunkMismatch,
    /// `TOO_LARGE`.
    TooLarge,
    /// `TOO_DEEP`.
    TooDeep,
    /// `NOT_IN_V1`.
    NotInV1,
    /// `BAD_VALUE`.
    BadValue,
    /// `OUT_OF_RANGE`.
    OutOfRange,
    /// `BAD_STAMP`.
    BadStamp,
    /// `BAD_TEXT`.
    BadText,
    /// `TYPE_MISMATCH`.
    TypeMismatch,
    /// `PARAMETER_MISMATCH`.
    ParameterMismatch,
    /// `SCHEMA_MISMATCH`.
    SchemaMismatch,
    /// `SPEC_MISMATCH`.
    SpecMismatch,
    /// `NO_REPLICA`.
    NoReplica,
    /// `NOT_MERGEABLE`.
    NotMergeable,
    /// `DOT_CONFLICT`.
    DotConflict,
    /// `STALE_STATE`.
    StaleState,
    /// `NO_SUCH_COLUMN`.
    NoSuchColumn,
    /// `MISSING_KEY`.
    MissingKey,
    /// `NULL_KEY`.
    NullKey,
    /// `CANNOT_CLEAR`.
    CannotClear,
    /// `NOT_SORTED`.
    NotSorted,
    /// `INEXACT_CAST`.
    InexactCast,
    /// `UNLAWFUL_STRATEGY`.
    UnlawfulStrategy,
    /// `LAW_VIOLATION`.
    LawViolation,
    /// `STRATEGY_FAILED`.
    StrategyFailed,
    /// `QUERY_SYNTAX`.
    QuerySyntax,
    /// `QUERY_INVALID`.
    QueryInvalid,
    /// `UNKNOWN_STRATEGY`.
    UnknownStrategy,
    /// `MISSING_BASE`.
    MissingBase,
    /// `MISSING_STATISTICS`.
    MissingStatistics,
    /// `MISSING_TENSOR`.
    MissingTensor,
    /// `SHAPE_MISMATCH`.
    ShapeMismatch,
    /// `DTYPE_MISMATCH`.
    DtypeMismatch,
    /// `CONTENT_MISMATCH`.
    ContentMismatch,
    /// `BAD_RECIPE`.
    BadRecipe,
    /// `NO_DEVICE`.
    NoDevice,
    /// `DECRYPT_FAILED`.
    DecryptFailed,
    /// `UNKNOWN_KEY`.
    UnknownKey,
    /// `UNKNOWN_SUITE`.
    UnknownSuite,
    /// `BAD_KEY_LENGTH`.
    BadKeyLength,
    /// `MALFORMED_ENVELOPE`.
    MalformedEnvelope,
    /// `PLAINTEXT_IN_ENCRYPTED_COLUMN`.
    PlaintextInEncryptedColumn,
    /// `UNEXPECTED_ENVELOPE`.
    UnexpectedEnvelope,
    /// `STRATEGY_NEEDS_KEY`.
    StrategyNeedsKey,
    /// `NONCE_EXHAUSTED`.
    NonceExhausted,
    /// `ACCESS_DENIED`.
    AccessDenied,
    /// `AUDIT_CHAIN_BROKEN`.
    AuditChainBroken,
    /// `AUDIT_UNANCHORED`.
    AuditUnanchored,
    /// `PROOF_INVALID`.
    ProofInvalid,
    /// `SIGNATURE_INVALID`.
    SignatureInvalid,
    /// `INSUFFICIENT_PROVENANCE`.
    InsufficientProvenance,
    /// `NOTHING_FOUND`.
    NothingFound,
    /// `STORE_UNREACHABLE`.
    StoreUnreachable,
    /// `NOT_INITIALIZED`.
    NotInitialized,
    /// `CLOSED`.
    Closed,
    /// `CANCELLED`.
    Cancelled,
    /// `POISONED`.
    Poisoned,
    /// `ABI_MISMATCH`.
    AbiMismatch,
    /// `UNSUPPORTED`.
    Unsupported,
    /// `IO`.
    Io,
    /// `BAD_ARGUMENT`.
    BadArgument,
    /// `INTERNAL`.
    Internal,
}

impl Code {
    /// Every code, in registry order.
    pub const ALL: &'static [Code] = &[
        Code::TooShort,
        Code::BadMagic,
        Code::BadVersion,
        Code::BadFlags,
        Code::Truncated,
        Code::TrailingBytes,
        Code::BadZlib,
        Code::BadIntegrity,
        Code::NotCanonical,
        Code::BadValueTag,
        Code::BadUtf8,
        Code::BadKey,
        Code::BadJson,
        Code::BadSchema,
        Code::UnknownType,
        Code::UnsupportedSchema,
        Code::UnknownField,
        Code::ChunkMismatch,
        Code::TooLarge,
        Code::TooDeep,
        Code::NotInV1,
        Code::BadValue,
        Code::OutOfRange,
        Code::BadStamp,
        Code::BadText,
        Code::TypeMismatch,
        Code::ParameterMismatch,
        Code::SchemaMismatch,
        Code::SpecMismatch,
        Code::NoReplica,
        Code::NotMergeable,
        Code::DotConflict,
        Code::StaleState,
        Code::NoSuchColumn,
        Code::MissingKey,
        Code::NullKey,
        Code::CannotClear,
        Code::NotSorted,
        Code::InexactCast,
        Code::UnlawfulStrategy,
        Code::LawViolation,
        Code::StrategyFailed,
        Code::QuerySyntax,
        Code::QueryInvalid,
        Code::UnknownStrategy,
        Code::MissingBase,
        Code::MissingStatistics,
        Code::MissingTensor,
        Code::ShapeMismatch,
        Code::DtypeMismatch,
        Code::ContentMismatch,
        Code::BadRecipe,
        Code::NoDevice,
        Code::DecryptFailed,
        Code::UnknownKey,
        Code::UnknownSuite,
        Code::BadKeyLength,
        Code::MalformedEnvelope,
        Code::PlaintextInEncryptedColumn,
        Code::UnexpectedEnvelope,
        Code::StrategyNeedsKey,
        Code::NonceExhausted,
        Code::AccessDenied,
        Code::AuditChainBroken,
        Code::AuditUnanchored,
        Code::ProofInvalid,
        Code::SignatureInvalid,
        Code::InsufficientProvenance,
        Code::NothingFound,
        Code::StoreUnreachable,
        Code::NotInitialized,
        Code::Closed,
        Code::Cancelled,
        Code::Poisoned,
        Code::AbiMismatch,
        Code::Unsupported,
        Code::Io,
        Code::BadArgument,
        Code::Internal,
    ];

    /// The code as upper-case text with underscores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Code::TooShort => "TOO_SHORT",
            Code::BadMagic => "BAD_MAGIC",
            Code::BadVersion => "BAD_VERSION",
            Code::BadFlags => "BAD_FLAGS",
            Code::Truncated => "TRUNCATED",
            Code::TrailingBytes => "TRAILING_BYTES",
            Code::BadZlib => "BAD_ZLIB",
            Code::BadIntegrity => "BAD_INTEGRITY",
            Code::NotCanonical => "NOT_CANONICAL",
            Code::BadValueTag => "BAD_VALUE_TAG",
            Code::BadUtf8 => "BAD_UTF8",
            Code::BadKey => "BAD_KEY",
            Code::BadJson => "BAD_JSON",
            Code::BadSchema => "BAD_SCHEMA",
            Code::UnknownType => "UNKNOWN_TYPE",
            Code::UnsupportedSchema => "UNSUPPORTED_SCHEMA",
            Code::UnknownField => "UNKNOWN_FIELD",
            Code::ChunkMismatch => "CHUNK_MISMATCH",
            Code::TooLarge => "TOO_LARGE",
            Code::TooDeep => "TOO_DEEP",
            Code::NotInV1 => "NOT_IN_V1",
            Code::BadValue => "BAD_VALUE",
            Code::OutOfRange => "OUT_OF_RANGE",
            Code::BadStamp => "BAD_STAMP",
            Code::BadText => "BAD_TEXT",
            Code::TypeMismatch => "TYPE_MISMATCH",
            Code::ParameterMismatch => "PARAMETER_MISMATCH",
            Code::SchemaMismatch => "SCHEMA_MISMATCH",
            Code::SpecMismatch => "SPEC_MISMATCH",
            Code::NoReplica => "NO_REPLICA",
            Code::NotMergeable => "NOT_MERGEABLE",
            Code::DotConflict => "DOT_CONFLICT",
            Code::StaleState => "STALE_STATE",
            Code::NoSuchColumn => "NO_SUCH_COLUMN",
            Code::MissingKey => "MISSING_KEY",
            Code::NullKey => "NULL_KEY",
            Code::CannotClear => "CANNOT_CLEAR",
            Code::NotSorted => "NOT_SORTED",
            Code::InexactCast => "INEXACT_CAST",
            Code::UnlawfulStrategy => "UNLAWFUL_STRATEGY",
            Code::LawViolation => "LAW_VIOLATION",
            Code::StrategyFailed => "STRATEGY_FAILED",
            Code::QuerySyntax => "QUERY_SYNTAX",
            Code::QueryInvalid => "QUERY_INVALID",
            Code::UnknownStrategy => "UNKNOWN_STRATEGY",
            Code::MissingBase => "MISSING_BASE",
            Code::MissingStatistics => "MISSING_STATISTICS",
            Code::MissingTensor => "MISSING_TENSOR",
            Code::ShapeMismatch => "SHAPE_MISMATCH",
            Code::DtypeMismatch => "DTYPE_MISMATCH",
            Code::ContentMismatch => "CONTENT_MISMATCH",
            Code::BadRecipe => "BAD_RECIPE",
            Code::NoDevice => "NO_DEVICE",
            Code::DecryptFailed => "DECRYPT_FAILED",
            Code::UnknownKey => "UNKNOWN_KEY",
            Code::UnknownSuite => "UNKNOWN_SUITE",
            Code::BadKeyLength => "BAD_KEY_LENGTH",
            Code::MalformedEnvelope => "MALFORMED_ENVELOPE",
            Code::PlaintextInEncryptedColumn => "PLAINTEXT_IN_ENCRYPTED_COLUMN",
            Code::UnexpectedEnvelope => "UNEXPECTED_ENVELOPE",
            Code::StrategyNeedsKey => "STRATEGY_NEEDS_KEY",
            Code::NonceExhausted => "NONCE_EXHAUSTED",
            Code::AccessDenied => "ACCESS_DENIED",
            Code::AuditChainBroken => "AUDIT_CHAIN_BROKEN",
            Code::AuditUnanchored => "AUDIT_UNANCHORED",
            Code::ProofInvalid => "PROOF_INVALID",
            Code::SignatureInvalid => "SIGNATURE_INVALID",
            Code::InsufficientProvenance => "INSUFFICIENT_PROVENANCE",
            Code::NothingFound => "NOTHING_FOUND",
            Code::StoreUnreachable => "STORE_UNREACHABLE",
            Code::NotInitialized => "NOT_INITIALIZED",
            Code::Closed => "CLOSED",
            Code::Cancelled => "CANCELLED",
            Code::Poisoned => "POISONED",
            Code::AbiMismatch => "ABI_MISMATCH",
            Code::Unsupported => "UNSUPPORTED",
            Code::Io => "IO",
            Code::BadArgument => "BAD_ARGUMENT",
            Code::Internal => "INTERNAL",
        }
    }

    /// The family the code belongs to.
    pub const fn family(self) -> Family {
        match self {
            Code::TooShort
            | Code::BadMagic
            | Code::BadVersion
            | Code::BadFlags
            | Code::Truncated
            | Code::TrailingBytes
            | Code::BadZlib
            | Code::BadIntegrity
            | Code::NotCanonical
            | Code::BadValueTag
            | Code::BadUtf8
            | Code::BadKey
            | Code::BadJson
            | Code::BadSchema
            | Code::UnknownType
            | Code::UnsupportedSchema
            | Code::UnknownField
            | Code::ChunkMismatch
            | Code::TooLarge
            | Code::TooDeep
            | Code::NotInV1 => Family::Wire,
            Code::BadValue | Code::OutOfRange | Code::BadStamp | Code::BadText => Family::Value,
            Code::TypeMismatch
            | Code::ParameterMismatch
            | Code::SchemaMismatch
            | Code::SpecMismatch
            | Code::NoReplica
            | Code::NotMergeable
            | Code::DotConflict
            | Code::StaleState => Family::Merge,
            Code::NoSuchColumn
            | Code::MissingKey
            | Code::NullKey
            | Code::CannotClear
            | Code::NotSorted
            | Code::InexactCast => Family::Table,
            Code::UnlawfulStrategy | Code::LawViolation | Code::StrategyFailed => Family::Laws,
            Code::QuerySyntax | Code::QueryInvalid => Family::Query,
            Code::UnknownStrategy
            | Code::MissingBase
            | Code::MissingStatistics
            | Code::MissingTensor
            | Code::ShapeMismatch
            | Code::DtypeMismatch
            | Code::ContentMismatch
            | Code::BadRecipe
            | Code::NoDevice => Family::Model,
            Code::DecryptFailed
            | Code::UnknownKey
            | Code::UnknownSuite
            | Code::BadKeyLength
            | Code::MalformedEnvelope
            | Code::PlaintextInEncryptedColumn
            | Code::UnexpectedEnvelope
            | Code::StrategyNeedsKey
            | Code::NonceExhausted => Family::Crypto,
            Code::AccessDenied
            | Code::AuditChainBroken
            | Code::AuditUnanchored
            | Code::ProofInvalid
            | Code::SignatureInvalid
            | Code::InsufficientProvenance
            | Code::NothingFound
            | Code::StoreUnreachable => Family::Governance,
            Code::NotInitialized
            | Code::Closed
            | Code::Cancelled
            | Code::Poisoned
            | Code::AbiMismatch
            | Code::Unsupported
            | Code::Io
            | Code::BadArgument
            | Code::Internal => Family::LifeCycle,
        }
    }
}

/// Group of error codes; Python has one exception class for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Family {
    /// Codes of the Wire family.
    Wire,
    /// Codes of the Value family.
    Value,
    /// Codes of the Merge family.
    Merge,
    /// Codes of the Table family.
    Table,
    /// Codes of the Laws family.
    Laws,
    /// Codes of the Query family.
    Query,
    /// Codes of the Model family.
    Model,
    /// Codes of the Crypto family.
    Crypto,
    /// Codes of the Governance family.
    Governance,
    /// Codes of the LifeCycle family.
    LifeCycle,
}

/// Frame type tag of a version-1 kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum Tag {
    /// `g_counter`.
    GCounter = 0x01,
    /// `pn_counter`.
    PnCounter = 0x02,
    /// `lww_register`.
    LwwRegister = 0x03,
    /// `or_set`.
    OrSet = 0x04,
    /// `lww_map`.
    LwwMap = 0x05,
    /// `delta`.
    Delta = 0x10,
    /// `generic`.
    Generic = 0x20,
    /// `hll`.
    Hll = 0x30,
    /// `bloom`.
    Bloom = 0x31,
    /// `cms`.
    Cms = 0x32,
    /// `vector_clock`.
    VectorClock = 0x40,
    /// `dotted_version_vector`.
    DottedVersionVector = 0x41,
    /// `merkle_tree`.
    MerkleTree = 0x42,
    /// `gossip_state`.
    GossipState = 0x43,
    /// `gossip_entry`.
    GossipEntry = 0x44,
    /// `schema_evolution_result`.
    SchemaEvolutionResult = 0x45,
    /// `schema_change`.
    SchemaChange = 0x46,
    /// `merkle_diff`.
    MerkleDiff = 0x47,
    /// `mergeql_query`.
    MergeqlQuery = 0x50,
    /// `merge_plan`.
    MergePlan = 0x51,
    /// `mergeql_result`.
    MergeqlResult = 0x52,
    /// `parquet_merge_metadata`.
    ParquetMergeMetadata = 0x53,
    /// `conflict_record`.
    ConflictRecord = 0x54,
    /// `conflict_topology`.
    ConflictTopology = 0x55,
}

/// How the payload of a version-1 frame is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PayloadForm {
    /// Compact values.
    Compact,
    /// JSON text (MessagePack is read as well).
    Json,
}

impl Tag {
    /// Every tag, ascending.
    pub const ALL: &'static [Tag] = &[
        Tag::GCounter,
        Tag::PnCounter,
        Tag::LwwRegister,
        Tag::OrSet,
        Tag::LwwMap,
        Tag::Delta,
        Tag::Generic,
        Tag::Hll,
        Tag::Bloom,
        Tag::Cms,
        Tag::VectorClock,
        Tag::DottedVersionVector,
        Tag::MerkleTree,
        Tag::GossipState,
        Tag::GossipEntry,
        Tag::SchemaEvolutionResult,
        Tag::SchemaChange,
        Tag::MerkleDiff,
        Tag::MergeqlQuery,
        Tag::MergePlan,
        Tag::MergeqlResult,
        Tag::ParquetMergeMetadata,
        Tag::ConflictRecord,
        Tag::ConflictTopology,
    ];

    /// The tag with this number, if version 1 has one.
    pub const fn from_byte(byte: u8) -> Option<Tag> {
        Some(match byte {
            0x01 => Tag::GCounter,
            0x02 => Tag::PnCounter,
            0x03 => Tag::LwwRegister,
            0x04 => Tag::OrSet,
            0x05 => Tag::LwwMap,
            0x10 => Tag::Delta,
            0x20 => Tag::Generic,
            0x30 => Tag::Hll,
            0x31 => Tag::Bloom,
            0x32 => Tag::Cms,
            0x40 => Tag::VectorClock,
            0x41 => Tag::DottedVersionVector,
            0x42 => Tag::MerkleTree,
            0x43 => Tag::GossipState,
            0x44 => Tag::GossipEntry,
            0x45 => Tag::SchemaEvolutionResult,
            0x46 => Tag::SchemaChange,
            0x47 => Tag::MerkleDiff,
            0x50 => Tag::MergeqlQuery,
            0x51 => Tag::MergePlan,
            0x52 => Tag::MergeqlResult,
            0x53 => Tag::ParquetMergeMetadata,
            0x54 => Tag::ConflictRecord,
            0x55 => Tag::ConflictTopology,
            _ => return None,
        })
    }

    /// The number on the wire.
    pub const fn byte(self) -> u8 {
        self as u8
    }

    /// The name that `peek` reports.
    pub const fn name(self) -> &'static str {
        match self {
            Tag::GCounter => "g_counter",
            Tag::PnCounter => "pn_counter",
            Tag::LwwRegister => "lww_register",
            Tag::OrSet => "or_set",
            Tag::LwwMap => "lww_map",
            Tag::Delta => "delta",
            Tag::Generic => "generic",
            Tag::Hll => "hll",
            Tag::Bloom => "bloom",
            Tag::Cms => "cms",
            Tag::VectorClock => "vector_clock",
            Tag::DottedVersionVector => "dotted_version_vector",
            Tag::MerkleTree => "merkle_tree",
            Tag::GossipState => "gossip_state",
            Tag::GossipEntry => "gossip_entry",
            Tag::SchemaEvolutionResult => "schema_evolution_result",
            Tag::SchemaChange => "schema_change",
            Tag::MerkleDiff => "merkle_diff",
            Tag::MergeqlQuery => "mergeql_query",
            Tag::MergePlan => "merge_plan",
            Tag::MergeqlResult => "mergeql_result",
            Tag::ParquetMergeMetadata => "parquet_merge_metadata",
            Tag::ConflictRecord => "conflict_record",
            Tag::ConflictTopology => "conflict_topology",
        }
    }

    /// How version 1 writes the payload.
    pub const fn form(self) -> PayloadForm {
        match self {
            Tag::GCounter
            | Tag::PnCounter
            | Tag::LwwRegister
            | Tag::OrSet
            | Tag::LwwMap
            | Tag::Delta
            | Tag::Generic
            | Tag::Hll
            | Tag::Bloom
            | Tag::Cms => PayloadForm::Compact,
            Tag::VectorClock
            | Tag::DottedVersionVector
            | Tag::MerkleTree
            | Tag::GossipState
            | Tag::GossipEntry
            | Tag::SchemaEvolutionResult
            | Tag::SchemaChange
            | Tag::MerkleDiff
            | Tag::MergeqlQuery
            | Tag::MergePlan
            | Tag::MergeqlResult
            | Tag::ParquetMergeMetadata
            | Tag::ConflictRecord
            | Tag::ConflictTopology => PayloadForm::Json,
        }
    }

    /// Whether states of this kind have a join; the others are relayed, never merged.
    pub const fn is_join(self) -> bool {
        match self {
            Tag::GCounter
            | Tag::PnCounter
            | Tag::LwwRegister
            | Tag::OrSet
            | Tag::LwwMap
            | Tag::Hll
            | Tag::Bloom
            | Tag::Cms
            | Tag::VectorClock
            | Tag::DottedVersionVector
            | Tag::MerkleTree
            | Tag::GossipState => true,
            Tag::Delta
            | Tag::Generic
            | Tag::GossipEntry
            | Tag::SchemaEvolutionResult
            | Tag::SchemaChange
            | Tag::MerkleDiff
            | Tag::MergeqlQuery
            | Tag::MergePlan
            | Tag::MergeqlResult
            | Tag::ParquetMergeMetadata
            | Tag::ConflictRecord
            | Tag::ConflictTopology => false,
        }
    }
}

/// Value tags of the compact encoding (version 1).
pub mod value_tag {
    /// Tag of null.
    pub const NULL: u8 = 0x00;
    /// Tag of true.
    pub const TRUE: u8 = 0x01;
    /// Tag of false.
    pub const FALSE: u8 = 0x02;
    /// Tag of integer in 8 bytes.
    pub const INT: u8 = 0x03;
    /// Tag of float.
    pub const FLOAT: u8 = 0x04;
    /// Tag of text.
    pub const TEXT: u8 = 0x05;
    /// Tag of bytes.
    pub const BYTES: u8 = 0x06;
    /// Tag of list.
    pub const LIST: u8 = 0x07;
    /// Tag of map.
    pub const MAP: u8 = 0x08;
    /// Tag of integer in 1 byte.
    pub const SMALL_INT: u8 = 0x09;
    /// Tag of set.
    pub const SET: u8 = 0x0a;
}

/// Default limits; all can be lowered by [`crate::wire::Limits`].
pub mod limit {
    /// Inflated payload bytes of one decode.
    pub const INFLATED_BYTES: usize = 268_435_456;
    /// Open containers in a value or JSON text.
    pub const DEPTH: usize = 128;
    /// Bytes of a node id.
    pub const NODE_ID_BYTES: usize = 255;
    /// Bytes of a plain OR-set add tag.
    pub const ADD_TAG_BYTES: usize = 64;
    /// Bytes of a map key.
    pub const MAP_KEY_BYTES: usize = 65_536;
    /// Largest counter slot.
    pub const COUNTER_SLOT: u64 = 9_223_372_036_854_775_807;
    /// Smallest HyperLogLog precision.
    pub const HLL_PRECISION_MIN: u8 = 4;
    /// Largest HyperLogLog precision.
    pub const HLL_PRECISION_MAX: u8 = 18;
    /// Most hash functions of a compat Bloom filter.
    pub const BLOOM_HASHES: u32 = 1024;
    /// Most bits of a Bloom filter.
    pub const BLOOM_BITS: u64 = 4_294_967_296;
    /// Most cells of a count-min sketch.
    pub const CMS_CELLS: u64 = 268_435_456;
    /// How far ahead a foreign stamp may pull the clock, in microseconds.
    pub const CLOCK_AHEAD_MICROS: i64 = 60_000_000;
}
