//! Merges that look reasonable and are no joins. The checker has to find each within its default trials.

use crdt_merge_protocol::laws::{Law, LawOptions, LawReport, Random, ValueSampler, check, check_operations};
use crdt_merge_protocol::{Code, Error, Result, Value};

fn judge<T: Clone + PartialEq>(
    draw: impl FnMut(&mut Random) -> T,
    merge: impl Fn(&T, &T) -> T,
) -> Result<LawReport<T>> {
    let mut draw = draw;
    check(|a, b| Ok(merge(a, b)), T::eq, &mut move |random: &mut Random| draw(random), LawOptions::default())
}

fn broken<T>(report: LawReport<T>) -> Vec<Law> {
    report.broken().map(|(law, _)| law).collect()
}

fn values(merge: impl Fn(&Value, &Value) -> Value) -> Result<Vec<Law>> {
    check(|a, b| Ok(merge(a, b)), Value::eq, &mut ValueSampler::default(), LawOptions::default()).map(broken)
}

/// A stamped value, as naive registers hold it.
type Stamped = (u64, Value);

fn stamped(random: &mut Random) -> Stamped {
    (random.below(3) as u64, ValueSampler::scalar(random))
}

fn small_set(random: &mut Random) -> Vec<u8> {
    let mut set: Vec<u8> = (0..random.below(4)).map(|_| random.below(5) as u8).collect();
    set.sort_unstable();
    set.dedup();
    set
}

fn floats(random: &mut Random) -> f64 {
    random.pick(&[0.1, 0.2, 0.3, 1e16, -1e16, 1.0, 2.0]).copied().unwrap_or(0.0)
}

#[test]
fn twenty_planted_merges_are_caught() -> Result<()> {
    let caught: Vec<(&str, Vec<Law>)> = vec![
        ("keep the left side", values(|a, _| a.clone())?),
        ("keep the right side", values(|_, b| b.clone())?),
        (
            "keep the longer text, the left one on a tie",
            values(|a, b| if b.py_str().len() > a.py_str().len() { b.clone() } else { a.clone() })?,
        ),
        ("greater text, kinds confused", values(|a, b| if b.py_str() > a.py_str() { b.clone() } else { a.clone() })?),
        ("greater number, everything else from the right", values(greater_number)?),
        ("null yields, otherwise the left side", values(|a, b| if *a == Value::Null { b.clone() } else { a.clone() })?),
        (
            "partial order of floats",
            judge(
                |random| Some(floats(random)).filter(|f| *f < 1e15).unwrap_or(f64::NAN).to_bits(),
                |a, b| {
                    if f64::from_bits(*a) >= f64::from_bits(*b) { *a } else { *b }
                },
            )
            .map(broken)?,
        ),
        (
            "later stamp, the left side on a tie",
            judge(stamped, |a, b| if b.0 > a.0 { b.clone() } else { a.clone() }).map(broken)?,
        ),
        (
            "later stamp, the right side on a tie",
            judge(stamped, |a, b| if b.0 >= a.0 { b.clone() } else { a.clone() }).map(broken)?,
        ),
        ("later stamp, ties joined as lists", judge(stamped, later_or_both).map(broken)?),
        ("counts added", judge(|random| random.below(9), |a, b| a + b).map(broken)?),
        ("counts averaged", judge(floats, |a, b| (a + b) / 2.0).map(broken)?),
        ("floats summed, idempotence patched", judge(floats, |a, b| if a == b { *a } else { a + b }).map(broken)?),
        ("concatenation", judge(small_set, |a, b| [a.as_slice(), b].concat()).map(broken)?),
        ("concatenation without repeats", judge(small_set, |a, b| unique_concat(a, b)).map(broken)?),
        ("symmetric difference", judge(small_set, |a, b| difference(a, b, &difference(b, a, &[]))).map(broken)?),
        ("difference", judge(small_set, |a, b| difference(a, b, &[])).map(broken)?),
        (
            "union capped to three members",
            judge(small_set, |a, b| unique_concat(a, b).into_iter().take(3).collect()).map(broken)?,
        ),
        (
            "greater sum wins, the left side on a tie",
            judge(small_set, |a, b| if sum(b) > sum(a) { b.clone() } else { a.clone() }).map(broken)?,
        ),
        (
            "rock, paper, scissors",
            judge(|random| random.below(3), |a, b| if (a + 1) % 3 == *b { *b } else { *a }).map(broken)?,
        ),
    ];
    for (name, laws) in &caught {
        println!("{name}: {laws:?}");
        assert!(!laws.is_empty(), "{name} went through");
    }
    assert_eq!(caught.len(), 20);
    Ok(())
}

fn greater_number(a: &Value, b: &Value) -> Value {
    match (a, b) {
        (Value::Int(x), Value::Int(y)) => Value::Int(*x.max(y)),
        _ => b.clone(),
    }
}

fn later_or_both(a: &Stamped, b: &Stamped) -> Stamped {
    match a.0.cmp(&b.0) {
        std::cmp::Ordering::Greater => a.clone(),
        std::cmp::Ordering::Less => b.clone(),
        std::cmp::Ordering::Equal if a.1 == b.1 => a.clone(),
        std::cmp::Ordering::Equal => (a.0, Value::List(vec![a.1.clone(), b.1.clone()])),
    }
}

fn unique_concat(a: &[u8], b: &[u8]) -> Vec<u8> {
    let new = b.iter().filter(|member| !a.contains(member));
    a.iter().chain(new).copied().collect()
}

fn difference(a: &[u8], b: &[u8], more: &[u8]) -> Vec<u8> {
    let mut members: Vec<u8> = a.iter().filter(|member| !b.contains(member)).chain(more).copied().collect();
    members.sort_unstable();
    members
}

fn sum(set: &[u8]) -> u32 {
    set.iter().map(|member| u32::from(*member)).sum()
}

#[test]
fn real_joins_go_through() -> Result<()> {
    assert_eq!(judge(|random| random.below(9), |a, b| *a.max(b)).map(broken)?, []);
    assert_eq!(judge(stamped, |a, b| if (b.0, &b.1) > (a.0, &a.1) { b.clone() } else { a.clone() }).map(broken)?, []);
    let union = |a: &Vec<u8>, b: &Vec<u8>| {
        let mut union = unique_concat(a, b);
        union.sort_unstable();
        union
    };
    assert_eq!(judge(small_set, union).map(broken)?, []);
    Ok(())
}

#[test]
fn counterexamples_are_shrunk() -> Result<()> {
    let report =
        check(|a: &Value, _: &Value| Ok(a.clone()), Value::eq, &mut ValueSampler::default(), LawOptions::default())?;
    let (law, found) = report.broken().next().ok_or_else(|| Error::new(Code::Internal, "a broken law"))?;
    assert_eq!(law, Law::Commutative);
    let leaves = |value: &Value| value.py_str().len();
    assert!(found.operands.iter().map(leaves).sum::<usize>() <= 9, "{found:?}");
    Ok(())
}

/// Dots as bits: the live ones, and those seen.
type Dots = (u8, u8);

/// Number of dots.
const DOTS: usize = 6;

fn dots(random: &mut Random) -> Dots {
    let seen = random.below(1 << DOTS) as u8;
    (seen & random.below(1 << DOTS) as u8, seen)
}

/// The join of dot maps.
fn join_dots(a: &Dots, b: &Dots) -> Dots {
    ((a.0 & b.0) | (a.0 & !b.1) | (b.0 & !a.1), a.1 | b.1)
}

fn later_only(a: &Dots, b: &Dots) -> Dots {
    const STAMPS: [u8; 3] = [0b00_1001, 0b01_0010, 0b10_0100];
    let (live, seen) = join_dots(a, b);
    let latest = STAMPS.iter().rev().map(|stamp| live & stamp).find(|latest| *latest > 0);
    (latest.unwrap_or(0), seen)
}

#[test]
fn planted_merges_of_dots_are_caught() -> Result<()> {
    assert_eq!(judge(dots, join_dots).map(broken)?, []);
    let caught = [
        ("what the other side has seen die lives on", judge(dots, |a, b| (a.0 | (b.0 & !a.1), a.1 | b.1))),
        ("the context of the left side is kept", judge(dots, |a, b| (join_dots(a, b).0, a.1))),
        (
            "whoever has seen more is right",
            judge(dots, |a, b| if b.1.count_ones() > a.1.count_ones() { *b } else { *a }),
        ),
        ("only siblings with the latest stamp", judge(dots, later_only)),
        ("rights added up", judge(dots, |a, b| (a.0.wrapping_add(b.0), a.1.max(b.1)))),
        ("rights of the left side, use of both", judge(dots, |a, b| (a.0, a.1.max(b.1)))),
    ];
    for (name, report) in caught {
        let laws = broken(report?);
        println!("{name}: {laws:?}");
        assert!(!laws.is_empty(), "{name} went through");
    }
    Ok(())
}

/// Some merges are joins, but of something else: only the local operations give them away.
#[test]
fn joins_that_undo_writes_are_caught() -> Result<()> {
    let write = |(_, seen): &Dots, random: &mut Random| {
        let new = 1 << random.below(DOTS);
        if seen & new > 0 { Err(Error::new(Code::BadValue, "a dot is used once")) } else { Ok((new, seen | new)) }
    };
    let remove = |(_, seen): &Dots, _: &mut Random| Ok((0, *seen));
    let moves_up = |merge: fn(&Dots, &Dots) -> Dots, operate: &dyn Fn(&Dots, &mut Random) -> Result<Dots>| {
        let merge = |a: &Dots, b: &Dots| Ok(merge(a, b));
        check_operations(merge, |a, b| a == b, operate, &mut dots, LawOptions::default())
            .map(|report| report.is_lawful())
    };
    assert!(moves_up(join_dots, &write)? && moves_up(join_dots, &remove)?);
    let union: fn(&Dots, &Dots) -> Dots = |a, b| (a.0 | b.0, a.1 | b.1);
    let intersection: fn(&Dots, &Dots) -> Dots = |a, b| (a.0 & b.0, a.1 | b.1);
    for (merge, operate) in [(union, &remove as &dyn Fn(&Dots, &mut Random) -> Result<Dots>), (intersection, &write)] {
        assert_eq!(judge(dots, merge).map(broken)?, [], "the laws hold");
        assert!(!moves_up(merge, operate)?);
    }
    Ok(())
}
