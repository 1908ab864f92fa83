use md5::{Digest as _, Md5};

use super::*;
use crate::level::Level;

/// Bytes without pattern, the same in every run.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next() as u8).collect()
    }
}

fn expected(message: &[u8]) -> [u8; 16] {
    Md5::digest(message).into()
}

fn check(messages: &[Vec<u8>]) {
    for level in Level::available() {
        let mut batch = Md5Batch::with_level(level);
        messages.iter().for_each(|message| batch.push([message]));
        let digests: Vec<_> = batch.digests().iter().map(|digest| digest.bytes()).collect();
        let right: Vec<_> = messages.iter().map(|message| expected(message)).collect();
        assert_eq!(digests, right, "{level:?}");
    }
}

#[test]
fn one_message_of_every_length() {
    let mut noise = Noise(1);
    for length in 0..=200 {
        let message = noise.bytes(length);
        assert_eq!(super::md5([&message]).bytes(), expected(&message), "{length}");
    }
}

#[test]
fn batches_of_one_length_each() {
    let mut noise = Noise(2);
    for length in 0..=200 {
        let messages: Vec<_> = (0..33).map(|_| noise.bytes(length)).collect();
        check(&messages);
    }
}

#[test]
fn batches_of_every_size_with_mixed_lengths() {
    let mut noise = Noise(3);
    for size in 0..=50 {
        let messages: Vec<_> = (0..size)
            .map(|_| {
                let length = noise.next() % 200;
                noise.bytes(length as usize)
            })
            .collect();
        check(&messages);
    }
}

#[test]
fn one_long_message_beside_short_ones() {
    let mut noise = Noise(4);
    let mut messages: Vec<_> = (0..20).map(|length| noise.bytes(length)).collect();
    messages.insert(7, noise.bytes(100_000));
    check(&messages);
}

#[test]
fn parts_are_joined_and_a_batch_is_used_again() {
    let mut noise = Noise(5);
    let mut batch = Md5Batch::new();
    for length in [3, 40, 54, 55, 56, 60, 64, 119, 120, 400] {
        batch.clear();
        let message = noise.bytes(length);
        let (head, tail) = message.split_at(length / 3);
        batch.push([head, &[], tail]);
        assert_eq!(batch.digests(), [super::md5([&message])]);
    }
}

#[test]
fn numbers_hash_as_their_digits() {
    let mut batch = Md5Batch::new();
    let numbers = [0, 7, -7, 99_999_999, 100_000_000, -12_345_678_901_234, 10_000_000_000_000_000, i64::MIN, i64::MAX];
    numbers.iter().for_each(|number| batch.push_decimal(*number, *b"tail"));
    let right = numbers.map(|number| super::md5([format!("{number}tail").as_bytes()]));
    assert_eq!(batch.digests(), right);
}

#[test]
fn digests_read_as_integers() {
    let digest = super::md5([]);
    assert_eq!(digest.to_u128(), 0xd41d_8cd9_8f00_b204_e980_0998_ecf8_427e);
    assert_eq!(digest.low_u64(), 0xe980_0998_ecf8_427e);
}

#[test]
fn this_machine_is_tested_at_its_best_level() {
    let levels: Vec<_> = Level::available().collect();
    assert_eq!(levels.first(), Some(&Level::Portable));
    assert_eq!(levels.last(), Some(&Level::detect()));
    assert!(levels.is_sorted());
}
