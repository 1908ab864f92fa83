//! Registries of the protocol as Rust items.
//!
//! Generated from `spec/*.toml` by `cargo xtask codegen`; edit the tables, not this file.

/// Stable error code. The text form ([`Code::as_str`]) is the same in every language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Code {
    /// `TOO_SHORT`: fewer than 12 bytes: not even a frame header.
    TooShort,
    /// `BAD_MAGIC`: the first four bytes are not `CRDT`.
    BadMagic,
    /// `BAD_VERSION`: a protocol version this reader does not know.
    BadVersion,
    /// `BAD_FLAGS`: a flag bit that is reserved, or a flag that does not fit the frame.
    BadFlags,
    /// `TRUNCATED`: the bytes end inside a frame, a value or a counted sequence.
    Truncated,
    /// `TRAILING_BYTES`: bytes are left over after a frame, a value, a zlib stream or a batch.
    TrailingBytes,
    /// `BAD_ZLIB`: the payload is marked as compressed and is no zlib stream, or its checksum is wrong.
    BadZlib,
    /// `BAD_INTEGRITY`: the trailer of the frame does not match its bytes.
    BadIntegrity,
    /// `NOT_CANONICAL`: a version-2 frame spells its state in another way than the only one allowed.
    NotCanonical,
    /// `BAD_VALUE_TAG`: a byte that starts no compact value.
    BadValueTag,
    /// `BAD_UTF8`: text that is not valid UTF-8.
    BadUtf8,
    /// `BAD_KEY`: a list, map or set used as a map key or set member.
    BadKey,
    /// `BAD_JSON`: a payload that is neither a JSON object nor a MessagePack map.
    BadJson,
    /// `BAD_SCHEMA`: a field of the payload is missing, has the wrong kind or is out of range.
    BadSchema,
    /// `UNKNOWN_TYPE`: a type tag this reader does not know.
    UnknownType,
    /// `UNSUPPORTED_SCHEMA`: a body written in a newer schema of its kind.
    UnsupportedSchema,
    /// `UNKNOWN_FIELD`: an extension field that has to be understood and is not.
    UnknownField,
    /// `CHUNK_MISMATCH`: the chunks of a stream do not make up the state they announce.
    ChunkMismatch,
    /// `TOO_LARGE`: a size limit was passed.
    TooLarge,
    /// `TOO_DEEP`: the nesting limit was passed.
    TooDeep,
    /// `NOT_IN_V1`: a state that version 1 has no way to write.
    NotInV1,
    /// `BAD_VALUE`: a kind of value that is not allowed at this place.
    BadValue,
    /// `OUT_OF_RANGE`: a number outside the range of its field or of the type asked for.
    OutOfRange,
    /// `BAD_STAMP`: a stamp that is not a number, or NaN.
    BadStamp,
    /// `BAD_TEXT`: text that is empty, too long or holds a character its place does not allow.
    BadText,
    /// `TYPE_MISMATCH`: two different kinds of state were to be joined.
    TypeMismatch,
    /// `PARAMETER_MISMATCH`: two sketches of different size or seed were to be joined.
    ParameterMismatch,
    /// `SCHEMA_MISMATCH`: two tables whose schemas cannot be brought together.
    SchemaMismatch,
    /// `SPEC_MISMATCH`: two model states made for different merge specifications.
    SpecMismatch,
    /// `NO_REPLICA`: a local write on a state that is bound to no replica.
    NoReplica,
    /// `NOT_MERGEABLE`: a frame of a kind that has no join.
    NotMergeable,
    /// `DOT_CONFLICT`: one dot names two different additions.
    DotConflict,
    /// `STALE_STATE`: a state holds something that the other has settled and compacted away.
    StaleState,
    /// `NO_SUCH_COLUMN`: a column that the table does not have.
    NoSuchColumn,
    /// `MISSING_KEY`: a record without the field that names it.
    MissingKey,
    /// `NULL_KEY`: a key that is null or NaN.
    NullKey,
    /// `CANNOT_CLEAR`: a cell whose strategy keeps no stamps cannot be set to null.
    CannotClear,
    /// `NOT_SORTED`: input that was promised in key order is not.
    NotSorted,
    /// `INEXACT_CAST`: widening a column would change a value.
    InexactCast,
    /// `UNLAWFUL_STRATEGY`: a merge was asked for with something that is no join.
    UnlawfulStrategy,
    /// `LAW_VIOLATION`: the checker found an example that breaks a law.
    LawViolation,
    /// `STRATEGY_FAILED`: a function given by the user failed or is missing.
    StrategyFailed,
    /// `QUERY_SYNTAX`: a query that cannot be parsed.
    QuerySyntax,
    /// `QUERY_INVALID`: a query that can be parsed and not be run.
    QueryInvalid,
    /// `UNKNOWN_STRATEGY`: a strategy name or number that is not in the registry.
    UnknownStrategy,
    /// `MISSING_BASE`: the strategy needs a base model and none was given.
    MissingBase,
    /// `MISSING_STATISTICS`: the strategy needs statistics that were not given.
    MissingStatistics,
    /// `MISSING_TENSOR`: a tensor that one model has and another lacks.
    MissingTensor,
    /// `SHAPE_MISMATCH`: tensors of one name with different shapes.
    ShapeMismatch,
    /// `DTYPE_MISMATCH`: tensors of one name with element types that cannot be mixed.
    DtypeMismatch,
    /// `CONTENT_MISMATCH`: a tensor file does not have the content it is recorded with.
    ContentMismatch,
    /// `BAD_RECIPE`: a recipe that names unknown steps or contradicts itself.
    BadRecipe,
    /// `NO_DEVICE`: the device asked for is not there.
    NoDevice,
    /// `DECRYPT_FAILED`: the envelope cannot be opened. No detail is given on purpose.
    DecryptFailed,
    /// `UNKNOWN_KEY`: the key ring lacks the key the envelope names.
    UnknownKey,
    /// `UNKNOWN_SUITE`: a cipher suite this implementation does not have.
    UnknownSuite,
    /// `BAD_KEY_LENGTH`: a key of the wrong length.
    BadKeyLength,
    /// `MALFORMED_ENVELOPE`: bytes or text that are no envelope.
    MalformedEnvelope,
    /// `PLAINTEXT_IN_ENCRYPTED_COLUMN`: a cell that policy wants sealed is not.
    PlaintextInEncryptedColumn,
    /// `UNEXPECTED_ENVELOPE`: a sealed cell in a column that policy wants open.
    UnexpectedEnvelope,
    /// `STRATEGY_NEEDS_KEY`: the strategy has to read what is sealed and has no key.
    StrategyNeedsKey,
    /// `NONCE_EXHAUSTED`: a key has sealed as often as it safely may.
    NonceExhausted,
    /// `ACCESS_DENIED`: policy does not allow this principal to do this.
    AccessDenied,
    /// `AUDIT_CHAIN_BROKEN`: an audit log whose entries do not hash to each other.
    AuditChainBroken,
    /// `AUDIT_UNANCHORED`: an audit log that no trusted checkpoint vouches for.
    AuditUnanchored,
    /// `PROOF_INVALID`: a proof that does not prove its claim.
    ProofInvalid,
    /// `SIGNATURE_INVALID`: a signature that does not fit its message and key.
    SignatureInvalid,
    /// `INSUFFICIENT_PROVENANCE`: the state does not keep enough history for the request.
    InsufficientProvenance,
    /// `NOTHING_FOUND`: a request to forget matched nothing.
    NothingFound,
    /// `STORE_UNREACHABLE`: a store that had to take part could not be reached.
    StoreUnreachable,
    /// `NOT_INITIALIZED`: the library was used before it was initialised.
    NotInitialized,
    /// `CLOSED`: a handle was used after it was released.
    Closed,
    /// `CANCELLED`: a job was cancelled by its caller.
    Cancelled,
    /// `POISONED`: an earlier internal failure left this instance unusable.
    Poisoned,
    /// `ABI_MISMATCH`: the library and its native part are of different versions.
    AbiMismatch,
    /// `UNSUPPORTED`: something this build or platform does not offer.
    Unsupported,
    /// `IO`: the operating system refused to read or write.
    Io,
    /// `BAD_ARGUMENT`: an argument of the right type whose value makes no sense.
    BadArgument,
    /// `INTERNAL`: a fault of this library; please report it.
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

    /// What it says, in one sentence.
    pub const fn meaning(self) -> &'static str {
        match self {
            Code::TooShort => "Fewer than 12 bytes: not even a frame header.",
            Code::BadMagic => "The first four bytes are not `CRDT`.",
            Code::BadVersion => "A protocol version this reader does not know.",
            Code::BadFlags => "A flag bit that is reserved, or a flag that does not fit the frame.",
            Code::Truncated => "The bytes end inside a frame, a value or a counted sequence.",
            Code::TrailingBytes => "Bytes are left over after a frame, a value, a zlib stream or a batch.",
            Code::BadZlib => "The payload is marked as compressed and is no zlib stream, or its checksum is wrong.",
            Code::BadIntegrity => "The trailer of the frame does not match its bytes.",
            Code::NotCanonical => "A version-2 frame spells its state in another way than the only one allowed.",
            Code::BadValueTag => "A byte that starts no compact value.",
            Code::BadUtf8 => "Text that is not valid UTF-8.",
            Code::BadKey => "A list, map or set used as a map key or set member.",
            Code::BadJson => "A payload that is neither a JSON object nor a MessagePack map.",
            Code::BadSchema => "A field of the payload is missing, has the wrong kind or is out of range.",
            Code::UnknownType => "A type tag this reader does not know.",
            Code::UnsupportedSchema => "A body written in a newer schema of its kind.",
            Code::UnknownField => "An extension field that has to be understood and is not.",
            Code::ChunkMismatch => "The chunks of a stream do not make up the state they announce.",
            Code::TooLarge => "A size limit was passed.",
            Code::TooDeep => "The nesting limit was passed.",
            Code::NotInV1 => "A state that version 1 has no way to write.",
            Code::BadValue => "A kind of value that is not allowed at this place.",
            Code::OutOfRange => "A number outside the range of its field or of the type asked for.",
            Code::BadStamp => "A stamp that is not a number, or NaN.",
            Code::BadText => "Text that is empty, too long or holds a character its place does not allow.",
            Code::TypeMismatch => "Two different kinds of state were to be joined.",
            Code::ParameterMismatch => "Two sketches of different size or seed were to be joined.",
            Code::SchemaMismatch => "Two tables whose schemas cannot be brought together.",
            Code::SpecMismatch => "Two model states made for different merge specifications.",
            Code::NoReplica => "A local write on a state that is bound to no replica.",
            Code::NotMergeable => "A frame of a kind that has no join.",
            Code::DotConflict => "One dot names two different additions.",
            Code::StaleState => "A state holds something that the other has settled and compacted away.",
            Code::NoSuchColumn => "A column that the table does not have.",
            Code::MissingKey => "A record without the field that names it.",
            Code::NullKey => "A key that is null or NaN.",
            Code::CannotClear => "A cell whose strategy keeps no stamps cannot be set to null.",
            Code::NotSorted => "Input that was promised in key order is not.",
            Code::InexactCast => "Widening a column would change a value.",
            Code::UnlawfulStrategy => "A merge was asked for with something that is no join.",
            Code::LawViolation => "The checker found an example that breaks a law.",
            Code::StrategyFailed => "A function given by the user failed or is missing.",
            Code::QuerySyntax => "A query that cannot be parsed.",
            Code::QueryInvalid => "A query that can be parsed and not be run.",
            Code::UnknownStrategy => "A strategy name or number that is not in the registry.",
            Code::MissingBase => "The strategy needs a base model and none was given.",
            Code::MissingStatistics => "The strategy needs statistics that were not given.",
            Code::MissingTensor => "A tensor that one model has and another lacks.",
            Code::ShapeMismatch => "Tensors of one name with different shapes.",
            Code::DtypeMismatch => "Tensors of one name with element types that cannot be mixed.",
            Code::ContentMismatch => "A tensor file does not have the content it is recorded with.",
            Code::BadRecipe => "A recipe that names unknown steps or contradicts itself.",
            Code::NoDevice => "The device asked for is not there.",
            Code::DecryptFailed => "The envelope cannot be opened. No detail is given on purpose.",
            Code::UnknownKey => "The key ring lacks the key the envelope names.",
            Code::UnknownSuite => "A cipher suite this implementation does not have.",
            Code::BadKeyLength => "A key of the wrong length.",
            Code::MalformedEnvelope => "Bytes or text that are no envelope.",
            Code::PlaintextInEncryptedColumn => "A cell that policy wants sealed is not.",
            Code::UnexpectedEnvelope => "A sealed cell in a column that policy wants open.",
            Code::StrategyNeedsKey => "The strategy has to read what is sealed and has no key.",
            Code::NonceExhausted => "A key has sealed as often as it safely may.",
            Code::AccessDenied => "Policy does not allow this principal to do this.",
            Code::AuditChainBroken => "An audit log whose entries do not hash to each other.",
            Code::AuditUnanchored => "An audit log that no trusted checkpoint vouches for.",
            Code::ProofInvalid => "A proof that does not prove its claim.",
            Code::SignatureInvalid => "A signature that does not fit its message and key.",
            Code::InsufficientProvenance => "The state does not keep enough history for the request.",
            Code::NothingFound => "A request to forget matched nothing.",
            Code::StoreUnreachable => "A store that had to take part could not be reached.",
            Code::NotInitialized => "The library was used before it was initialised.",
            Code::Closed => "A handle was used after it was released.",
            Code::Cancelled => "A job was cancelled by its caller.",
            Code::Poisoned => "An earlier internal failure left this instance unusable.",
            Code::AbiMismatch => "The library and its native part are of different versions.",
            Code::Unsupported => "Something this build or platform does not offer.",
            Code::Io => "The operating system refused to read or write.",
            Code::BadArgument => "An argument of the right type whose value makes no sense.",
            Code::Internal => "A fault of this library; please report it.",
        }
    }

    /// What whoever meets it can do.
    pub const fn remedy(self) -> &'static str {
        match self {
            Code::TooShort => {
                "Hand over the whole frame; over a stream, read the header's length first and then so many bytes more."
            }
            Code::BadMagic => {
                "Check that these are the bytes of a frame and not of a batch, of text such as base64, or of another program."
            }
            Code::BadVersion => "Update this reader, or let the writer choose a version that both know (`wire`).",
            Code::BadFlags => {
                "The frame was damaged, or written by a program that uses bits of the future; ask for it again."
            }
            Code::Truncated => {
                "The bytes were cut on the way: compare their number with what the header says and ask for them again."
            }
            Code::TrailingBytes => {
                "Cut the input at the end of the frame; several frames are split first or packed as a batch."
            }
            Code::BadZlib => {
                "The frame was damaged on the way; ask for it again, and send frames with a trailer to notice such damage early."
            }
            Code::BadIntegrity => "The frame was changed on the way; ask for it again.",
            Code::NotCanonical => {
                "The writer has a fault: equal states must have equal bytes. The detail names what was spelt wrongly and where."
            }
            Code::BadValueTag => "The bytes are damaged or no value; the detail says where.",
            Code::BadUtf8 => "Bytes that are no text belong in a value of kind bytes.",
            Code::BadKey => "Use null, a truth value, a number, text or bytes as a key or set member.",
            Code::BadJson => {
                "The payload is damaged or of another kind of frame; the detail says where reading stopped."
            }
            Code::BadSchema => "The detail names the field; the writer has to mend it.",
            Code::UnknownType => "Update this reader, or carry the frame on without reading it.",
            Code::UnsupportedSchema => {
                "Update this reader; until then such states can be carried and merged with their equals only."
            }
            Code::UnknownField => "Update this reader: going on without that field would undo something.",
            Code::ChunkMismatch => "Start the stream again; the detail says which chunk is missing or does not fit.",
            Code::TooLarge => "Raise the limit if you trust the sender, or let it send chunks or deltas.",
            Code::TooDeep => "Nest values less deeply, or raise the limit if you trust the sender.",
            Code::NotInV1 => "Write version 2, or keep what version 1 cannot say out of states for such peers.",
            Code::BadValue => {
                "The detail names the place and the kind found; convert the value before you hand it over."
            }
            Code::OutOfRange => "Use a number within the range that the detail names; wide integers fit text.",
            Code::BadStamp => {
                "Give microseconds since 1970 as an integer, or seconds as a finite number, above the compaction floor."
            }
            Code::BadText => "Shorten, fill or clean the text; node ids have 1 to 255 bytes and no U+0000.",
            Code::TypeMismatch => "Merge states of one kind; what `inspect` says of the frame tells which kind it is.",
            Code::ParameterMismatch => "Make all sketches that are to merge with the same sizes and seed.",
            Code::SchemaMismatch => "Evolve one schema to the other first, or merge tables of one schema.",
            Code::SpecMismatch => {
                "Merge contributions under one specification; a state of another one is resolved by itself."
            }
            Code::NoReplica => {
                "Make the state with a replica, or copy it to one; without one it can be read and merged."
            }
            Code::NotMergeable => "Reports, deltas, messages and values have no merge; carry them as they are.",
            Code::DotConflict => {
                "Two replicas write under one name: give every replica an id of its own and never open one save twice."
            }
            Code::StaleState => {
                "This replica was away when the others compacted: salvage what is newer, merge that, and write the rest again."
            }
            Code::NoSuchColumn => "The detail lists the columns; check the name.",
            Code::MissingKey => "Give every record its key field.",
            Code::NullKey => "Give every record a key, or say that rows without one are kept.",
            Code::CannotClear => "Use a last-writer-wins column where values have to be cleared.",
            Code::NotSorted => "Sort the input by key, or do not promise that it is.",
            Code::InexactCast => "Choose a wider type for the column.",
            Code::UnlawfulStrategy => {
                "Look at the example in the detail: the function has to give one result in any order and grouping."
            }
            Code::LawViolation => "Look at the example in the detail: it is the smallest that the checker found.",
            Code::StrategyFailed => {
                "Register the strategy under its name and version, and let it answer every pair of values."
            }
            Code::QuerySyntax => "The detail says where reading stopped and what was expected there.",
            Code::QueryInvalid => "The detail names the part that does not fit: a source, a column, a parameter.",
            Code::UnknownStrategy => "Check the name against the registry of strategies.",
            Code::MissingBase => "Give the base model that the others were made from.",
            Code::MissingStatistics => "Collect the statistics that the strategy names, or choose one that needs none.",
            Code::MissingTensor => "Say what happens to tensors that only some models have (the missing policy).",
            Code::ShapeMismatch => {
                "Merge models of one architecture, or say what happens to other shapes (the shape policy)."
            }
            Code::DtypeMismatch => "Convert the tensors to one element type first.",
            Code::ContentMismatch => "The file is not the one that was recorded; fetch the right one.",
            Code::BadRecipe => "The detail names the step and the member at fault.",
            Code::NoDevice => "Use `auto` or `cpu`, or check the driver.",
            Code::DecryptFailed => {
                "Check key and context; a wrong key and a changed envelope look the same on purpose."
            }
            Code::UnknownKey => "Unlock the ring that has this key, or ask for the data under a key you have.",
            Code::UnknownSuite => "Update this reader.",
            Code::BadKeyLength => "Use a key of the length in the detail.",
            Code::MalformedEnvelope => "The cell is no envelope or was cut; the detail says where.",
            Code::PlaintextInEncryptedColumn => "Seal the column before it is merged.",
            Code::UnexpectedEnvelope => "Open the column first, or let policy say that it is sealed.",
            Code::StrategyNeedsKey => "Give the key, or choose a strategy that decides by stamps alone.",
            Code::NonceExhausted => "Rotate the key.",
            Code::AccessDenied => "The decision lists the rules that were looked at; ask whoever keeps the policy.",
            Code::AuditChainBroken => "Entries were changed or lost: compare with a checkpoint that you trust.",
            Code::AuditUnanchored => "Give a checkpoint that you trust.",
            Code::ProofInvalid => "Ask for the proof again; if it stays invalid, the claim is false.",
            Code::SignatureInvalid => "Check that key and message belong together.",
            Code::InsufficientProvenance => {
                "Keep the writers' values (`retain: writers`) where such requests have to be answered."
            }
            Code::NothingFound => "Check the name of the subject; nothing was removed.",
            Code::StoreUnreachable => "Make the store reachable and start again; nothing was done by halves.",
            Code::NotInitialized => "Await `init()` before the first call.",
            Code::Closed => "Keep the object open as long as it is used; a closed one does not come back.",
            Code::Cancelled => "Start again if the result is still wanted; nothing was changed.",
            Code::Poisoned => {
                "Initialise the library anew and decode the last frames you have; please report what led to it."
            }
            Code::AbiMismatch => "Install one version of the package and its native part; the detail names both.",
            Code::Unsupported => "The detail names what is missing here.",
            Code::Io => "The detail has what the operating system said.",
            Code::BadArgument => "The detail says what was expected and what was found.",
            Code::Internal => "Please report it with what led to it; do not trust the object at hand.",
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
    /// Bytes that are no well-formed frame, value or batch.
    Wire,
    /// A value, stamp or text that is not allowed where it was given.
    Value,
    /// Two states that cannot be joined, or a write that cannot be placed.
    Merge,
    /// Rows, columns or keys that do not fit their table.
    Table,
    /// A merge that is not a join.
    Laws,
    /// A MergeQL query that cannot be run.
    Query,
    /// Tensors, recipes or devices a model merge cannot use.
    Model,
    /// Envelopes, keys and cipher suites.
    Crypto,
    /// Access, audit, provenance and forgetting.
    Governance,
    /// The library and its handles rather than the data.
    LifeCycle,
}

impl Family {
    /// The name in lower case with underscores.
    pub const fn name(self) -> &'static str {
        match self {
            Family::Wire => "wire",
            Family::Value => "value",
            Family::Merge => "merge",
            Family::Table => "table",
            Family::Laws => "laws",
            Family::Query => "query",
            Family::Model => "model",
            Family::Crypto => "crypto",
            Family::Governance => "governance",
            Family::LifeCycle => "life_cycle",
        }
    }
}

/// Frame type tag of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum Tag {
    /// `g_counter`: counter that only grows: one count per node.
    GCounter = 0x01,
    /// `pn_counter`: counter that grows and shrinks: two grow-only counters.
    PnCounter = 0x02,
    /// `lww_register`: one value; the write greatest in order W wins.
    LwwRegister = 0x03,
    /// `or_set`: set whose removals cover exactly the additions they have observed.
    OrSet = 0x04,
    /// `lww_map`: map of last-writer-wins registers with tombstones.
    LwwMap = 0x05,
    /// `mv_register`: register that keeps every value nobody has overwritten.
    MvRegister = 0x06,
    /// `rw_set`: set where a removal wins over an addition that had not seen it.
    RwSet = 0x07,
    /// `ew_flag`: flag where switching on wins over switching off that had not seen it.
    EwFlag = 0x08,
    /// `dw_flag`: flag where switching off wins over switching on that had not seen it.
    DwFlag = 0x09,
    /// `bounded_counter`: counter that never falls below zero: rights to decrement are handed around.
    BoundedCounter = 0x0a,
    /// `delta`: difference between two lists of records; applied in order, not joined.
    Delta = 0x10,
    /// `generic`: one value, carried and never interpreted.
    Generic = 0x20,
    /// `hll`: HyperLogLog sketch: how many distinct items.
    Hll = 0x30,
    /// `bloom`: Bloom filter: whether an item may have been seen.
    Bloom = 0x31,
    /// `cms`: count-min sketch: how often an item was seen, at most.
    Cms = 0x32,
    /// `hll_native`: HyperLogLog sketch with a 128-bit hash: how many distinct items.
    HllNative = 0x33,
    /// `bloom_native`: split-block Bloom filter: whether an item may have been seen.
    BloomNative = 0x34,
    /// `cms_native`: count-min sketch with one table per node: how often an item was seen, at most.
    CmsNative = 0x35,
    /// `minhash`: MinHash signature: how much two sets of items overlap.
    Minhash = 0x36,
    /// `vector_clock`: event count per node.
    VectorClock = 0x40,
    /// `dotted_version_vector`: vector clock with at most one event beside it.
    DottedVersionVector = 0x41,
    /// `merkle_tree`: records by key with their content hashes.
    MerkleTree = 0x42,
    /// `gossip_state`: key-value entries with vector clocks, exchanged by anti-entropy.
    GossipState = 0x43,
    /// `gossip_entry`: one entry of a gossip state on its way to a peer.
    GossipEntry = 0x44,
    /// `schema_evolution_result`: what bringing two table schemas together decided.
    SchemaEvolutionResult = 0x45,
    /// `schema_change`: the decision about one column.
    SchemaChange = 0x46,
    /// `merkle_diff`: keys in which two Merkle trees differ.
    MerkleDiff = 0x47,
    /// `sync_message`: one message of a sync session.
    SyncMessage = 0x48,
    /// `replica`: what a replica has to remember across restarts.
    Replica = 0x49,
    /// `mergeql_query`: a parsed MergeQL query.
    MergeqlQuery = 0x50,
    /// `merge_plan`: the steps a query would run.
    MergePlan = 0x51,
    /// `mergeql_result`: rows and figures a query produced.
    MergeqlResult = 0x52,
    /// `parquet_merge_metadata`: merge settings stored in a Parquet file.
    ParquetMergeMetadata = 0x53,
    /// `conflict_record`: the decisions taken for one row.
    ConflictRecord = 0x54,
    /// `conflict_topology`: all conflict records of one merge, with totals.
    ConflictTopology = 0x55,
}

/// How version 1 writes the payload of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PayloadForm {
    /// Compact values.
    Compact,
    /// JSON text (MessagePack is read as well).
    Json,
    /// Version 1 has no frames of this kind.
    None,
}

impl Tag {
    /// Every tag, ascending.
    pub const ALL: &'static [Tag] = &[
        Tag::GCounter,
        Tag::PnCounter,
        Tag::LwwRegister,
        Tag::OrSet,
        Tag::LwwMap,
        Tag::MvRegister,
        Tag::RwSet,
        Tag::EwFlag,
        Tag::DwFlag,
        Tag::BoundedCounter,
        Tag::Delta,
        Tag::Generic,
        Tag::Hll,
        Tag::Bloom,
        Tag::Cms,
        Tag::HllNative,
        Tag::BloomNative,
        Tag::CmsNative,
        Tag::Minhash,
        Tag::VectorClock,
        Tag::DottedVersionVector,
        Tag::MerkleTree,
        Tag::GossipState,
        Tag::GossipEntry,
        Tag::SchemaEvolutionResult,
        Tag::SchemaChange,
        Tag::MerkleDiff,
        Tag::SyncMessage,
        Tag::Replica,
        Tag::MergeqlQuery,
        Tag::MergePlan,
        Tag::MergeqlResult,
        Tag::ParquetMergeMetadata,
        Tag::ConflictRecord,
        Tag::ConflictTopology,
    ];

    /// The tags of version 1, ascending.
    pub const V1: &'static [Tag] = &[
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

    /// The tag with this number, if a kind has it.
    pub const fn from_byte(byte: u8) -> Option<Tag> {
        Some(match byte {
            0x01 => Tag::GCounter,
            0x02 => Tag::PnCounter,
            0x03 => Tag::LwwRegister,
            0x04 => Tag::OrSet,
            0x05 => Tag::LwwMap,
            0x06 => Tag::MvRegister,
            0x07 => Tag::RwSet,
            0x08 => Tag::EwFlag,
            0x09 => Tag::DwFlag,
            0x0a => Tag::BoundedCounter,
            0x10 => Tag::Delta,
            0x20 => Tag::Generic,
            0x30 => Tag::Hll,
            0x31 => Tag::Bloom,
            0x32 => Tag::Cms,
            0x33 => Tag::HllNative,
            0x34 => Tag::BloomNative,
            0x35 => Tag::CmsNative,
            0x36 => Tag::Minhash,
            0x40 => Tag::VectorClock,
            0x41 => Tag::DottedVersionVector,
            0x42 => Tag::MerkleTree,
            0x43 => Tag::GossipState,
            0x44 => Tag::GossipEntry,
            0x45 => Tag::SchemaEvolutionResult,
            0x46 => Tag::SchemaChange,
            0x47 => Tag::MerkleDiff,
            0x48 => Tag::SyncMessage,
            0x49 => Tag::Replica,
            0x50 => Tag::MergeqlQuery,
            0x51 => Tag::MergePlan,
            0x52 => Tag::MergeqlResult,
            0x53 => Tag::ParquetMergeMetadata,
            0x54 => Tag::ConflictRecord,
            0x55 => Tag::ConflictTopology,
            _ => return None,
        })
    }

    /// Whether version 1 has frames of this kind.
    pub const fn is_in_v1(self) -> bool {
        !matches!(self.form(), PayloadForm::None)
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
            Tag::MvRegister => "mv_register",
            Tag::RwSet => "rw_set",
            Tag::EwFlag => "ew_flag",
            Tag::DwFlag => "dw_flag",
            Tag::BoundedCounter => "bounded_counter",
            Tag::Delta => "delta",
            Tag::Generic => "generic",
            Tag::Hll => "hll",
            Tag::Bloom => "bloom",
            Tag::Cms => "cms",
            Tag::HllNative => "hll_native",
            Tag::BloomNative => "bloom_native",
            Tag::CmsNative => "cms_native",
            Tag::Minhash => "minhash",
            Tag::VectorClock => "vector_clock",
            Tag::DottedVersionVector => "dotted_version_vector",
            Tag::MerkleTree => "merkle_tree",
            Tag::GossipState => "gossip_state",
            Tag::GossipEntry => "gossip_entry",
            Tag::SchemaEvolutionResult => "schema_evolution_result",
            Tag::SchemaChange => "schema_change",
            Tag::MerkleDiff => "merkle_diff",
            Tag::SyncMessage => "sync_message",
            Tag::Replica => "replica",
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
            Tag::MvRegister
            | Tag::RwSet
            | Tag::EwFlag
            | Tag::DwFlag
            | Tag::BoundedCounter
            | Tag::HllNative
            | Tag::BloomNative
            | Tag::CmsNative
            | Tag::Minhash
            | Tag::SyncMessage
            | Tag::Replica => PayloadForm::None,
        }
    }

    /// Whether frames of this kind hold states, which have a join; the others are relayed, never merged.
    pub const fn is_join(self) -> bool {
        match self {
            Tag::GCounter
            | Tag::PnCounter
            | Tag::LwwRegister
            | Tag::OrSet
            | Tag::LwwMap
            | Tag::MvRegister
            | Tag::RwSet
            | Tag::EwFlag
            | Tag::DwFlag
            | Tag::BoundedCounter
            | Tag::Hll
            | Tag::Bloom
            | Tag::Cms
            | Tag::HllNative
            | Tag::BloomNative
            | Tag::CmsNative
            | Tag::Minhash
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
            | Tag::SyncMessage
            | Tag::Replica
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
    /// Tag of null; nothing follows.
    pub const NULL: u8 = 0x00;
    /// Tag of true; nothing follows.
    pub const TRUE: u8 = 0x01;
    /// Tag of false; nothing follows.
    pub const FALSE: u8 = 0x02;
    /// Tag of int; i64 follows.
    pub const INT: u8 = 0x03;
    /// Tag of float; IEEE 754 binary64 follows.
    pub const FLOAT: u8 = 0x04;
    /// Tag of text; u32 byte length, then UTF-8 follows.
    pub const TEXT: u8 = 0x05;
    /// Tag of bytes; u32 length, then the bytes follows.
    pub const BYTES: u8 = 0x06;
    /// Tag of list; u32 count, then the members follows.
    pub const LIST: u8 = 0x07;
    /// Tag of map; u32 count, then key and value of each pair follows.
    pub const MAP: u8 = 0x08;
    /// Tag of small_int; i8 follows.
    pub const SMALL_INT: u8 = 0x09;
    /// Tag of set; u32 count, then the members ordered by text follows.
    pub const SET: u8 = 0x0a;
}

/// Default limits; those a caller may set are members of [`crate::wire::Limits`].
pub mod limit {
    /// Bytes that all compressed payloads of one decode may inflate to together.
    pub const INFLATED_BYTES: usize = 268_435_456;
    /// Nesting of lists, maps and sets in a compact value, and of arrays and objects in JSON and MessagePack. A value this deep passes, one deeper does not.
    pub const DEPTH: usize = 128;
    /// Length of a node id or actor given to this implementation, as UTF-8. Ids met in version-1 frames are read whatever their length.
    pub const NODE_ID_BYTES: usize = 255;
    /// Length of a plain add tag given to an OR-set operation, as UTF-8.
    pub const ADD_TAG_BYTES: usize = 64;
    /// Length of a key given to an LWW-map operation, as UTF-8.
    pub const MAP_KEY_BYTES: usize = 65_536;
    /// Largest count of one node in a counter: 2^63 - 1.
    pub const COUNTER_SLOT: u64 = 9_223_372_036_854_775_807;
    /// Smallest precision of a HyperLogLog sketch: 16 registers.
    pub const HLL_PRECISION_MIN: u8 = 4;
    /// Largest precision of a HyperLogLog sketch: 262,144 registers.
    pub const HLL_PRECISION_MAX: u8 = 18;
    /// Hash functions of a Bloom filter of version 1.
    pub const BLOOM_HASHES: u32 = 1024;
    /// Size of a Bloom filter: 2^32 bits, half a gibibyte.
    pub const BLOOM_BITS: u64 = 4_294_967_296;
    /// Width times depth of a count-min sketch: 2^28.
    pub const CMS_CELLS: u64 = 268_435_456;
    /// Size of a split-block Bloom filter: 2^24 blocks, half a gibibyte.
    pub const NATIVE_BLOOM_BLOCKS: u32 = 16_777_216;
    /// Rows of a count-min sketch with one table per node.
    pub const NATIVE_CMS_DEPTH: u32 = 64;
    /// Length of a MinHash signature.
    pub const MINHASH_LENGTH: usize = 65_536;
    /// How far a replica's clock follows a stamp that lies ahead of the host's clock. Nothing fails beyond it; the merge report says that a clock is ahead.
    pub const CLOCK_AHEAD_MICROS: i64 = 60_000_000;
    /// Bytes of a body in each chunk of a stream, unless the writer chooses another size.
    pub const CHUNK_BYTES: usize = 4_194_304;
    /// Bytes of a body that one chunk may hold.
    pub const MOST_CHUNK_BYTES: usize = 67_108_864;
}
