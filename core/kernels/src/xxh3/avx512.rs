//! Eight numbers side by side in 512-bit vectors.
//!
//! The wide product, which these vectors do not have, is made of four narrow ones. Numbers of one group may differ in length
//! only as far as one branch of the hash reaches; other groups are left to the caller.

use std::arch::x86_64::*;

use super::{MIX_1, MIX_2, PRIME32_2, PRIME64_1, PRIME64_2, secret64};

/// Numbers of a group.
pub(super) const LANES: usize = 8;
/// Numbers below this, after zigzag, take at most three bytes with their tag.
const LEAST_MIDDLE: i64 = 1 << 14;
/// Numbers from this on, after zigzag, take more than eight bytes with their tag.
const LEAST_LONG: i64 = 1 << 49;
/// Where the groups of seven bits start in a number.
const GROUPS: i64 = i64::from_le_bytes([0, 7, 14, 21, 28, 35, 42, 49]);

/// The low and the high half of something wide.
type Wide = [__m512i; 2];

/// Whether this machine has what is used here.
pub(super) fn is_available() -> bool {
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512cd")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vbmi")
}

/// The hashes of eight numbers, each behind a tag byte; false, and nothing written, when their lengths are too different.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512dq,avx512vbmi")]
pub(super) fn hash_group(
    tag: u8,
    numbers: &[i64; LANES],
    seed: u64,
    low: &mut [u64; LANES],
    high: &mut [u64; LANES],
) -> bool {
    // SAFETY: the reference is to 64 readable bytes, and the load asks for no alignment.
    let numbers = unsafe { _mm512_loadu_si512(numbers.as_ptr().cast()) };
    let zigzag = _mm512_xor_si512(_mm512_slli_epi64::<1>(numbers), _mm512_srai_epi64::<63>(numbers));
    let is_long = _mm512_cmpge_epu64_mask(zigzag, splat(LEAST_LONG));
    let is_short = _mm512_cmplt_epu64_mask(zigzag, splat(LEAST_MIDDLE));
    let hashes = match (is_long, is_short) {
        (0, 0) => of_4_to_8(tag, zigzag, seed),
        (0xff, _) => of_9_to_11(tag, zigzag, seed),
        _ => return false,
    };
    for (out, half) in [low, high].into_iter().zip(hashes) {
        // SAFETY: the reference is to 64 writable bytes, and the store asks for no alignment.
        unsafe { _mm512_storeu_si512(out.as_mut_ptr().cast(), half) };
    }
    true
}

#[inline]
#[target_feature(enable = "avx512f")]
fn splat(number: i64) -> __m512i {
    _mm512_set1_epi64(number)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn unsigned(number: u64) -> __m512i {
    _mm512_set1_epi64(number.cast_signed())
}

/// How many groups of seven bits a number takes: its bits divided by seven, rounded up, by a product that is exact up to 64.
#[inline]
#[target_feature(enable = "avx512f,avx512cd")]
fn count_of_groups(zigzag: __m512i) -> __m512i {
    let bits = _mm512_sub_epi64(splat(64), _mm512_lzcnt_epi64(_mm512_or_si512(zigzag, splat(1))));
    let nine = _mm512_add_epi64(_mm512_slli_epi64::<3>(bits), bits);
    _mm512_srli_epi64::<6>(_mm512_add_epi64(nine, splat(64)))
}

/// The groups of seven bits in bytes of their own; the top bits of the first `followed` bits are set.
#[inline]
#[target_feature(enable = "avx512f,avx512vbmi")]
fn in_bytes(number: __m512i, followed: __m512i) -> __m512i {
    let groups = _mm512_multishift_epi64_epi8(splat(GROUPS), number);
    let tops = _mm512_and_si512(followed, unsigned(0x8080_8080_8080_8080));
    _mm512_or_si512(_mm512_and_si512(groups, unsigned(0x7f7f_7f7f_7f7f_7f7f)), tops)
}

/// Ones in as many bytes as `count` says, below eight.
#[inline]
#[target_feature(enable = "avx512f")]
fn ones(count: __m512i) -> __m512i {
    _mm512_sub_epi64(_mm512_sllv_epi64(splat(1), _mm512_slli_epi64::<3>(count)), splat(1))
}

#[inline]
#[target_feature(enable = "avx512f,avx512cd,avx512dq,avx512vbmi")]
fn of_4_to_8(tag: u8, zigzag: __m512i, seed: u64) -> Wide {
    let groups = count_of_groups(zigzag);
    let bytes = in_bytes(zigzag, ones(_mm512_sub_epi64(groups, splat(1))));
    let word = _mm512_or_si512(_mm512_slli_epi64::<8>(bytes), splat(i64::from(tag)));
    // The message is a byte longer than its groups: its last four bytes start at byte `groups` − 3.
    let last = _mm512_srlv_epi64(word, _mm512_slli_epi64::<3>(_mm512_sub_epi64(groups, splat(3))));
    let both = _mm512_or_si512(_mm512_and_si512(word, splat(0xffff_ffff)), _mm512_slli_epi64::<32>(last));
    let seed = seed ^ u64::from((seed as u32).swap_bytes()) << 32;
    let keyed = _mm512_xor_si512(both, unsigned((secret64(16) ^ secret64(24)).wrapping_add(seed)));
    let length = _mm512_add_epi64(groups, splat(1));
    let factor = _mm512_add_epi64(unsigned(PRIME64_1), _mm512_slli_epi64::<2>(length));
    let [low, high] = product(keyed, factor);
    let high = _mm512_add_epi64(high, _mm512_slli_epi64::<1>(low));
    let low = _mm512_xor_si512(low, _mm512_srli_epi64::<3>(high));
    let low = _mm512_mullo_epi64(_mm512_xor_si512(low, _mm512_srli_epi64::<35>(low)), unsigned(MIX_2));
    [_mm512_xor_si512(low, _mm512_srli_epi64::<28>(low)), avalanche(high)]
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512dq,avx512vbmi")]
fn of_9_to_11(tag: u8, zigzag: __m512i, seed: u64) -> Wide {
    let groups = count_of_groups(zigzag);
    let first = _mm512_slli_epi64::<8>(in_bytes(zigzag, unsigned(u64::MAX)));
    let first = _mm512_or_si512(first, splat(i64::from(tag)));
    // The message ends in one to three more bytes.
    let more = _mm512_sub_epi64(groups, splat(7));
    let rest = in_bytes(_mm512_srli_epi64::<49>(zigzag), ones(_mm512_sub_epi64(more, splat(1))));
    let shift = _mm512_slli_epi64::<3>(more);
    let last =
        _mm512_or_si512(_mm512_srlv_epi64(first, shift), _mm512_sllv_epi64(rest, _mm512_sub_epi64(splat(64), shift)));
    let flip = unsigned((secret64(32) ^ secret64(40)).wrapping_sub(seed));
    let [low, high] = product(_mm512_xor_si512(_mm512_xor_si512(first, last), flip), unsigned(PRIME64_1));
    // The length of the message is `groups` + 1.
    let low = _mm512_add_epi64(low, _mm512_slli_epi64::<54>(groups));
    let last = _mm512_xor_si512(last, unsigned((secret64(48) ^ secret64(56)).wrapping_add(seed)));
    let high = _mm512_add_epi64(high, last);
    let high = _mm512_add_epi64(high, _mm512_mul_epu32(last, unsigned(PRIME32_2 - 1)));
    let [low, carried] = product(_mm512_xor_si512(low, swapped(high)), unsigned(PRIME64_2));
    let high = _mm512_add_epi64(carried, _mm512_mullo_epi64(high, unsigned(PRIME64_2)));
    [avalanche(low), avalanche(high)]
}

/// The bytes of every number in the other order.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn swapped(numbers: __m512i) -> __m512i {
    let order = _mm512_set4_epi32(0x0809_0a0b, 0x0c0d_0e0f, 0x0001_0203, 0x0405_0607);
    _mm512_shuffle_epi8(numbers, order)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn product(a: __m512i, b: __m512i) -> Wide {
    let (a_high, b_high) = (_mm512_srli_epi64::<32>(a), _mm512_srli_epi64::<32>(b));
    let half = splat(0xffff_ffff);
    let least = _mm512_mul_epu32(a, b);
    // Neither sum passes 64 bits: a product of halves leaves room for one more half, and then for another.
    let middle = _mm512_add_epi64(_mm512_mul_epu32(a_high, b), _mm512_srli_epi64::<32>(least));
    let other = _mm512_add_epi64(_mm512_mul_epu32(a, b_high), _mm512_and_si512(middle, half));
    let most = _mm512_add_epi64(_mm512_mul_epu32(a_high, b_high), _mm512_srli_epi64::<32>(middle));
    [
        _mm512_or_si512(_mm512_slli_epi64::<32>(other), _mm512_and_si512(least, half)),
        _mm512_add_epi64(most, _mm512_srli_epi64::<32>(other)),
    ]
}

#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn avalanche(hash: __m512i) -> __m512i {
    let hash = _mm512_mullo_epi64(_mm512_xor_si512(hash, _mm512_srli_epi64::<37>(hash)), unsigned(MIX_1));
    _mm512_xor_si512(hash, _mm512_srli_epi64::<32>(hash))
}
