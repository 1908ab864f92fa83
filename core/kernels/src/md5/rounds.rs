//! The 64 steps of a compression, written once for words of any width.

/// Additive constants of the steps: the first 32 bits behind the point of |sin(i)| for i from 1.
pub(super) const SINES: [u32; 64] = [
    0xd76a_a478,
    0xe8c7_b756,
    0x2420_70db,
    0xc1bd_ceee,
    0xf57c_0faf,
    0x4787_c62a,
    0xa830_4613,
    0xfd46_9501,
    0x6980_98d8,
    0x8b44_f7af,
    0xffff_5bb1,
    0x895c_d7be,
    0x6b90_1122,
    0xfd98_7193,
    0xa679_438e,
    0x49b4_0821,
    0xf61e_2562,
    0xc040_b340,
    0x265e_5a51,
    0xe9b6_c7aa,
    0xd62f_105d,
    0x0244_1453,
    0xd8a1_e681,
    0xe7d3_fbc8,
    0x21e1_cde6,
    0xc337_07d6,
    0xf4d5_0d87,
    0x455a_14ed,
    0xa9e3_e905,
    0xfcef_a3f8,
    0x676f_02d9,
    0x8d2a_4c8a,
    0xfffa_3942,
    0x8771_f681,
    0x6d9d_6122,
    0xfde5_380c,
    0xa4be_ea44,
    0x4bde_cfa9,
    0xf6bb_4b60,
    0xbebf_bc70,
    0x289b_7ec6,
    0xeaa1_27fa,
    0xd4ef_3085,
    0x0488_1d05,
    0xd9d4_d039,
    0xe6db_99e5,
    0x1fa2_7cf8,
    0xc4ac_5665,
    0xf429_2244,
    0x432a_ff97,
    0xab94_23a7,
    0xfc93_a039,
    0x655b_59c3,
    0x8f0c_cc92,
    0xffef_f47d,
    0x8584_5dd1,
    0x6fa8_7e4f,
    0xfe2c_e6e0,
    0xa301_4314,
    0x4e08_11a1,
    0xf753_7e82,
    0xbd3a_f235,
    0x2ad7_d2bb,
    0xeb86_d391,
];

/// Defines `compress`, which takes a state through one block of sixteen words.
///
/// The module that uses it brings its word and, as functions that inline, `add`, `splat`, `choose(mask, yes, no)`,
/// `parity(b, c, d)`, `cross(b, c, d)` and `rotate::<LEFT, RIGHT>`, where `RIGHT` is 32 − `LEFT`.
macro_rules! define_compress {
    ($(#[$attribute:meta])* $word:ty) => {
        $(#[$attribute])*
        #[inline]
        fn compress(state: [$word; 4], words: &[$word; 16]) -> [$word; 4] {
            let [mut a, mut b, mut c, mut d] = state;
            macro_rules! step {
                ($mixed:expr, $a:ident, $b:ident, $left:literal, $index:expr, $step:expr) => {
                    let sum = add(add($a, splat(SINES[$step])), words[$index % 16]);
                    $a = add($b, rotate::<$left, { 32 - $left }>(add(sum, $mixed)));
                };
            }
            macro_rules! round {
                ($first_step:literal, |$b:ident, $c:ident, $d:ident| $mixed:expr, [$r:literal, $s:literal, $t:literal, $u:literal],
                 $start:literal + $stride:literal) => {
                    for turn in 0..4 {
                        let (step, index) = ($first_step + 4 * turn, $start + $stride * 4 * turn);
                        let mix = |$b: $word, $c: $word, $d: $word| $mixed;
                        step!(mix(b, c, d), a, b, $r, index, step);
                        step!(mix(a, b, c), d, a, $s, index + $stride, step + 1);
                        step!(mix(d, a, b), c, d, $t, index + 2 * $stride, step + 2);
                        step!(mix(c, d, a), b, c, $u, index + 3 * $stride, step + 3);
                    }
                };
            }
            round!(0, |b, c, d| choose(b, c, d), [7, 12, 17, 22], 0 + 1);
            round!(16, |b, c, d| choose(d, b, c), [5, 9, 14, 20], 1 + 5);
            round!(32, |b, c, d| parity(b, c, d), [4, 11, 16, 23], 5 + 3);
            round!(48, |b, c, d| cross(b, c, d), [6, 10, 15, 21], 0 + 7);
            let [a0, b0, c0, d0] = state;
            [add(a, a0), add(b, b0), add(c, c0), add(d, d0)]
        }
    };
}

pub(super) use define_compress;
