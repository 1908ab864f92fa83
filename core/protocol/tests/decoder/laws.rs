//! What holds between the answers of the decoders, and for every state that one of them has let through. The fuzz targets share it.

use crdt_merge_protocol::wire::{Compression, DecodeOptions, Document, HEADER_BYTES, Limits, inspect, pack, unpack};
use crdt_merge_protocol::{
    AnyState, BloomFilter, BoundedCounter, Code, CompatBloom, CompatCountMin, CompatHll, CountMinSketch,
    DottedVersionVector, DwFlag, EncodeOptions, EwFlag, Framed, GCounter, Generic, GossipEntry, GossipState,
    HyperLogLog, Join, LwwMap, LwwRegister, MerkleTree, MinHash, MvRegister, OrSet, PayloadForm, PnCounter, Result,
    RwSet, Tag, VectorClock,
};
use sha2::{Digest, Sha256};

pub const STRICT: DecodeOptions = DecodeOptions::strict();
pub const LENIENT: DecodeOptions = DecodeOptions::lenient();
const DEEP: DecodeOptions = STRICT.with_limits(STRICT.limits.with_depth(Limits::MAX_DEPTH));

/// The codes that reading a frame may answer with.
const READING: [Code; 23] = [
    Code::TooShort,
    Code::BadMagic,
    Code::BadVersion,
    Code::BadFlags,
    Code::Truncated,
    Code::TrailingBytes,
    Code::BadZlib,
    Code::BadValueTag,
    Code::BadUtf8,
    Code::BadKey,
    Code::BadJson,
    Code::BadSchema,
    Code::UnknownType,
    Code::TooLarge,
    Code::TooDeep,
    Code::OutOfRange,
    Code::DotConflict,
    // Version 2 only.
    Code::NotCanonical,
    Code::BadIntegrity,
    Code::BadStamp,
    Code::BadText,
    Code::UnknownField,
    Code::ChunkMismatch,
];

/// Kinds whose frames hold something that equality leaves out: whose state it is, where a dot is held.
const LOCAL: [Tag; 2] = [Tag::DottedVersionVector, Tag::GossipState];

/// The error code of a result.
pub fn code<T>(result: &Result<T>) -> Option<Code> {
    result.as_ref().err().map(|error| error.code())
}

/// Whether reading a frame may answer with this.
pub fn is_answer(code: Option<Code>) -> bool {
    code.is_none_or(|code| READING.contains(&code))
}

/// Whether reading this frame may answer with this.
pub fn is_answer_to(frame: &[u8], code: Option<Code>) -> bool {
    is_answer(code) && !(frame.get(5) == Some(&2) && code == Some(Code::BadJson))
}

/// Whether what strict reading says of a whole input fits what it says of its start.
pub fn prefix(
    bytes: &[u8],
    whole: &Result<AnyState>,
    state: &Result<(AnyState, usize)>,
    document: Result<(Document, usize)>,
) {
    assert_eq!(code(state), code(&document));
    if let Ok(whole) = whole {
        assert_eq!(state.as_ref(), Ok(&(whole.clone(), bytes.len())), "prefix");
        let document = document.map(|(document, end)| (document.encode().to_vec(), end));
        assert_eq!(document, Ok((bytes.to_vec(), bytes.len())), "prefix");
    }
}

/// A document is its bytes, and spelling it anew changes no contents.
pub fn accepted(bytes: &[u8], document: &Document, state: &AnyState) {
    assert_eq!(document.encode(), bytes);
    assert_eq!(AnyState::from_document(document, &STRICT).as_ref(), Ok(state));
    // JSON cannot say what MessagePack can: it has no bytes, and its names are text.
    let is_message_pack = || matches!(document.payload(&STRICT).unwrap().first(), Some(0x80..=0x8f | 0xde | 0xdf));
    if document.tag().is_none_or(|tag| tag.form() != PayloadForm::Json) || !is_message_pack() {
        let again = document.respell(Default::default()).and_then(|respelled| Document::decode(&respelled, &STRICT));
        assert_eq!(again.as_ref().map(Document::body), Ok(document.body()), "respelling");
    }
    assert_eq!(unpack(&pack(&[bytes]).unwrap(), &STRICT), Ok(vec![bytes]));
    if bytes.get(5) == Some(&2) {
        is_only_spelling(bytes, document, state);
        fits_typed_reading(bytes, state);
    }
}

/// A version-2 frame that was accepted is what its state is written as, packaged in the same way.
fn is_only_spelling(bytes: &[u8], document: &Document, state: &AnyState) {
    let info = inspect(bytes).expect("a sound header");
    let way = EncodeOptions { has_trailer: info.flags & 2 != 0, ..EncodeOptions::V2 };
    if info.is_compressed {
        // Streams differ from compressor to compressor; what they inflate to does not.
        let plain = state.encode().expect("what was read can be written");
        assert_eq!(document.payload(&STRICT).as_deref(), Ok(&plain[HEADER_BYTES..]), "a second spelling");
    } else {
        assert_eq!(state.encode_as(&way).as_deref(), Ok(bytes), "a second spelling");
    }
}

/// Reading a frame as its kind says what reading it as any kind says.
fn fits_typed_reading(bytes: &[u8], state: &AnyState) {
    match (typed(bytes), state) {
        (None, _) | (Some(Err(Code::UnsupportedSchema | Code::UnknownField)), AnyState::Opaque(_)) => {}
        (Some(typed), _) => assert_eq!(typed.ok(), state.encode().ok(), "typed reading says something else"),
    }
}

/// What reading a frame as the kind of its tag answers: its canonical frame, or an error. `None` for tags that no type has for
/// itself.
pub fn typed(bytes: &[u8]) -> Option<std::result::Result<Vec<u8>, Code>> {
    let tag = Tag::from_byte(*bytes.get(6)?)?;
    macro_rules! of {
        ($($kind:ident),* $(,)?) => {
            $(if tag == $kind::TAG {
                return Some($kind::decode(bytes).map(|state| state.encode()).map_err(|error| error.code()));
            })*
        };
    }
    of!(
        GCounter,
        PnCounter,
        LwwRegister,
        OrSet,
        LwwMap,
        VectorClock,
        DottedVersionVector,
        GossipState,
        MerkleTree,
        CompatHll,
        CompatBloom,
        CompatCountMin,
        MinHash,
        CountMinSketch,
        BloomFilter,
        HyperLogLog,
        BoundedCounter,
        DwFlag,
        EwFlag,
        RwSet,
        MvRegister,
        Generic,
        GossipEntry,
    );
    None
}

/// A state survives its own frames, and joined with itself it stays what it is.
pub fn survives(state: &AnyState) {
    match state.encode_v1() {
        Ok(frame) => {
            // Version 1 counts the containers around a value as well.
            let back = AnyState::decode_with(&frame, &DEEP).expect("a canonical frame");
            assert_eq!(back.encode_v1(), Ok(frame), "canonical bytes");
        }
        Err(error) => assert!(matches!(error.code(), Code::NotInV1 | Code::BadValue), "{error}"),
    }
    has_one_name(state);
    let mut twice = state.clone();
    match twice.join(state) {
        Ok(changed) => {
            assert!(!changed.is_yes(), "a state joined with itself has changed");
            assert_eq!(&twice, state, "idempotent");
        }
        Err(error) => assert_eq!(error.code(), Code::NotMergeable, "{error}"),
    }
}

/// A state that was read from version 1 survives its frame there. One of version 2 may lose what version 1 has no place for.
pub fn survives_first(state: &AnyState) {
    let Ok(frame) = state.encode_v1() else { return };
    assert_eq!(AnyState::decode(&frame).as_ref(), Ok(state), "frame of a state");
}

/// A state has one frame of version 2, which packaging does not change, and the hash of it as its id.
fn has_one_name(state: &AnyState) {
    let is_join = state.tag().is_none_or(|tag| tag.is_join());
    let Ok(frame) = state.encode() else {
        assert!(!is_join, "states always have a frame");
        return;
    };
    let id = state.state_id().map(|id| *id.as_bytes());
    assert_eq!(id, Ok(Sha256::digest(&frame).into()), "id");
    // Compressing costs more than everything else here, so only few are.
    let compressions =
        if id.is_ok_and(|id| id[0] < 16) { &[Compression::None, Compression::Zlib][..] } else { &[Compression::None] };
    for compression in compressions.iter().copied() {
        for has_trailer in [false, true] {
            let way = EncodeOptions { compression, has_trailer, ..EncodeOptions::V2 };
            let back = state.encode_as(&way).and_then(|packaged| AnyState::decode(&packaged));
            assert_eq!(back.as_ref().map(|back| back.encode()), Ok(Ok(frame.clone())), "{way:?}");
            // Version 1 has spellings of patches and reports that are not part of what they say.
            assert!(!is_join || back.as_ref() == Ok(state), "{way:?} gives {back:?} for {state:?}");
        }
    }
}

/// Two states join to the same in both directions, and the result is above both.
pub fn joins(one: &AnyState, other: &AnyState) {
    let (here, there) = (one.joined(other), other.joined(one));
    assert_eq!(code(&here), code(&there), "commutative");
    let (Ok(here), Ok(there)) = (here, there) else { return };
    assert_eq!(here, there, "commutative");
    assert_eq!(here.encode(), there.encode(), "commutative bytes");
    assert_eq!(code(&here.encode_v1()), code(&there.encode_v1()), "commutative");
    if !one.tag().is_some_and(|tag| LOCAL.contains(&tag)) {
        assert_eq!(here.encode_v1().ok(), there.encode_v1().ok(), "commutative bytes");
    }
    assert_eq!(here.joined(other).as_ref(), Ok(&here), "absorbing");
    assert_eq!(one.joined(&here).as_ref(), Ok(&here), "absorbing");
}
