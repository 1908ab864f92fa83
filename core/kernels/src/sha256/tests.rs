use sha2::{Digest as _, Sha256};

use super::*;
use crate::level::Sha256Level;

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

fn expected(message: &[u8]) -> Digest {
    Sha256::digest(message).into()
}

fn check(messages: &[Vec<u8>]) {
    let right: Vec<_> = messages.iter().map(|message| expected(message)).collect();
    for level in Sha256Level::available() {
        let mut batch = Sha256Batch::with_level(level);
        messages.iter().for_each(|message| batch.push([message]));
        assert_eq!(batch.len(), messages.len());
        assert_eq!(batch.digests(), right, "{level:?}");
    }
}

#[test]
fn published_digests_are_met() {
    let mut batch = Sha256Batch::new();
    batch.push([b"abc"]);
    let abc = u128::from_be_bytes(*batch.digests()[0].first_chunk().unwrap());
    assert_eq!(abc, 0xba7816bf_8f01cfea_414140de_5dae2223);
}

#[test]
fn one_message_of_every_length() {
    let mut noise = Noise(1);
    for length in 0..=300 {
        check(&[noise.bytes(length)]);
    }
}

#[test]
fn batches_of_one_length_each() {
    let mut noise = Noise(2);
    for length in 0..=300 {
        let messages: Vec<_> = (0..9).map(|_| noise.bytes(length)).collect();
        check(&messages);
    }
}

#[test]
fn batches_of_every_size_with_mixed_lengths() {
    let mut noise = Noise(3);
    for size in 0..=80 {
        let messages: Vec<_> = (0..size)
            .map(|_| {
                let length = noise.next() % 300;
                noise.bytes(length as usize)
            })
            .collect();
        check(&messages);
    }
}

#[test]
fn one_long_message_at_every_place_among_short_ones() {
    let mut noise = Noise(4);
    let short: Vec<_> = (0..20).map(|length| noise.bytes(length * 10)).collect();
    let long = noise.bytes(10_000);
    for place in 0..=short.len() {
        let mut messages = short.clone();
        messages.insert(place, long.clone());
        check(&messages);
    }
}

#[test]
fn parts_are_joined_and_a_batch_is_used_again() {
    let mut noise = Noise(5);
    let mut batch = Sha256Batch::new();
    for length in [3, 40, 54, 55, 56, 60, 64, 119, 120, 400] {
        batch.clear();
        let message = noise.bytes(length);
        let (head, tail) = message.split_at(length / 3);
        batch.push([head, &[], tail]);
        assert_eq!(batch.digests(), [expected(&message)]);
        assert_eq!(batch.digests(), [expected(&message)], "asking changes nothing");
    }
}

#[test]
fn this_machine_is_tested_at_its_best_level() {
    let levels: Vec<_> = Sha256Level::available().collect();
    assert_eq!(levels.first(), Some(&Sha256Level::Portable));
    assert_eq!(levels.last(), Some(&Sha256Level::detect()));
    assert!(levels.is_sorted());
}
