//! The bounded counter: whatever is written, merged, copied and lost, no right is spent twice.
//!
//! Two replicas, one of them with two copies of one state. A world goes on step by step; beside the copies it keeps what was
//! granted and spent in truth, and the join of everything that ever was, which is what a peer could have received.

use crdt_merge_protocol::laws::Random;
use crdt_merge_protocol::{BoundedCounter, Code, Join, ManualClock, Replica, Result, TestEntropy};

const COPIES: usize = 3;
/// Steps of one drawn history.
const STEPS: usize = 40;
/// Drawn histories.
const HISTORIES: u64 = 1_500;
/// Steps of the longest history that is tried exhaustively.
const DEPTH: usize = 7;

/// Which replica writes a copy.
const OWNERS: [usize; COPIES] = [0, 0, 1];

#[derive(Debug, Clone, Copy, PartialEq)]
enum Step {
    Increment(usize, u64),
    Decrement(usize, u64),
    /// From the owner of a copy, as that copy knows it, to the actor that another copy gives.
    Transfer(usize, usize, u64),
    Merge(usize, usize),
    /// The last delta that a copy wrote, to another one, whatever that one has seen.
    Deliver(usize, usize),
    /// The copy becomes what it was at the start of its owner's last session; everything unsaved is lost.
    Restore(usize),
    /// The replica starts anew without its save.
    Crash(usize),
}

struct World {
    replicas: Vec<Replica>,
    copies: Vec<BoundedCounter>,
    backups: Vec<BoundedCounter>,
    deltas: Vec<BoundedCounter>,
    /// The join of every state there ever was.
    everything: BoundedCounter,
    created: i128,
    spent: i128,
    starts: u64,
    /// Whether a delta came before what it rests on; then a copy may know of more use than of rights.
    is_causal: bool,
}

fn replica(node: usize, start: u64) -> Result<Replica> {
    Replica::new(["n", "m"][node], ManualClock::default(), TestEntropy::new(100 * start + node as u64))
}

fn balance(counter: &BoundedCounter) -> i128 {
    let created: i128 = counter.transfers().filter(|(from, to, _)| from == to).map(|(_, _, n)| i128::from(n)).sum();
    created - counter.used().map(|(_, n)| i128::from(n)).sum::<i128>()
}

impl World {
    fn new() -> Result<Self> {
        let empty = || vec![BoundedCounter::new(); COPIES];
        Ok(World {
            replicas: vec![replica(0, 0)?, replica(1, 0)?],
            copies: empty(),
            backups: empty(),
            deltas: empty(),
            everything: BoundedCounter::new(),
            created: 0,
            spent: 0,
            starts: 0,
            is_causal: true,
        })
    }

    /// Takes a step; tells whether anything changed.
    fn take(&mut self, step: Step) -> Result<bool> {
        match step {
            Step::Increment(copy, amount) => {
                let update = self.copies[copy].increment_delta(&self.replicas[OWNERS[copy]], amount)?;
                self.created += i128::from(amount);
                self.wrote(copy, update.delta)
            }
            Step::Decrement(copy, amount) => {
                let written = self.copies[copy].decrement_delta(&self.replicas[OWNERS[copy]], amount);
                let Some(update) = spent(written)? else { return Ok(false) };
                self.spent += i128::from(amount);
                self.wrote(copy, update.delta)
            }
            Step::Transfer(from, to, amount) => {
                let receiver = self.copies[to].actor(&self.replicas[OWNERS[to]])?;
                let written = self.copies[from].transfer_delta(&self.replicas[OWNERS[from]], &receiver, amount);
                let Some(update) = spent(written)? else { return Ok(false) };
                self.wrote(from, update.delta)
            }
            Step::Merge(from, to) => {
                let from = self.copies[from].clone();
                Ok(self.copies[to].join(&from)?.is_yes())
            }
            Step::Deliver(from, to) => {
                self.is_causal = false;
                let delta = self.deltas[from].clone();
                Ok(self.copies[to].join(&delta)?.is_yes())
            }
            Step::Restore(copy) => {
                let changed = self.copies[copy] != self.backups[copy];
                self.copies[copy] = self.backups[copy].clone();
                Ok(changed)
            }
            Step::Crash(node) => {
                self.starts += 1;
                self.replicas[node] = replica(node, self.starts)?;
                (0..COPIES)
                    .filter(|copy| OWNERS[*copy] == node)
                    .for_each(|copy| self.backups[copy] = self.copies[copy].clone());
                Ok(true)
            }
        }
    }

    fn wrote(&mut self, copy: usize, delta: BoundedCounter) -> Result<bool> {
        self.everything.join(&self.copies[copy])?;
        self.everything.join(&delta)?;
        self.deltas[copy] = delta;
        Ok(true)
    }

    /// What does not hold although it has to after every step.
    fn fault(&self) -> Option<String> {
        let left = balance(&self.everything);
        if left != self.created - self.spent || left < 0 {
            return Some("a write was lost or a right spent twice".to_owned());
        }
        if let Some(copy) = self.copies.iter().find(|copy| self.is_causal && balance(copy) < 0) {
            return Some(format!("below zero: {copy:?}"));
        }
        let available = |(copy, owner): (&BoundedCounter, usize)| copy.available(&self.replicas[owner]);
        let most = self.copies.iter().zip(OWNERS).map(available).max()?;
        (i128::try_from(most).ok()? > left).then(|| format!("{most} available of {left}"))
    }

    fn check(&self) {
        assert_eq!(self.fault(), None);
    }

    /// Everybody merges with everybody.
    fn settle(&mut self) -> Result<()> {
        let everything = self.everything.clone();
        for order in [[0, 1, 2], [2, 0, 1], [1, 2, 0]] {
            let mut joined = everything.clone();
            order.iter().try_for_each(|copy| joined.join(&self.copies[*copy]).map(drop))?;
            assert_eq!((joined.value(), &joined), (u128::try_from(self.created - self.spent).unwrap(), &everything));
        }
        self.copies.iter_mut().try_for_each(|copy| copy.join(&everything).map(drop))?;
        self.is_causal = true;
        self.check();
        Ok(())
    }
}

/// What was written, or nothing if there were too few rights or the receiver was the writer.
fn spent<T>(written: Result<T>) -> Result<Option<T>> {
    match written {
        Ok(written) => Ok(Some(written)),
        Err(error) if matches!(error.code(), Code::OutOfRange | Code::BadArgument) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The steps of the exhaustive search: one right at a time.
fn small_steps() -> Vec<Step> {
    use Step::{Crash, Decrement, Increment, Merge, Restore, Transfer};
    vec![
        Increment(0, 1),
        Decrement(0, 1),
        Decrement(1, 1),
        Decrement(2, 1),
        Transfer(0, 2, 1),
        Transfer(2, 1, 1),
        Merge(0, 1),
        Merge(1, 0),
        Merge(0, 2),
        Merge(2, 1),
        Restore(0),
        Crash(0),
    ]
}

/// Tries every history that goes on from one; steps that change nothing are not gone on from.
fn explore(history: &mut Vec<Step>, tried: &mut u64) -> Result<()> {
    if history.len() == DEPTH {
        return Ok(());
    }
    for step in small_steps() {
        let mut world = World::new()?;
        history.iter().try_for_each(|step| world.take(*step).map(drop))?;
        let changed = world.take(step)?;
        world.check();
        *tried += 1;
        if changed {
            history.push(step);
            world.settle()?;
            explore(history, tried)?;
            history.pop();
        }
    }
    Ok(())
}

#[test]
fn every_short_history_keeps_the_bound() -> Result<()> {
    let mut tried = 0;
    explore(&mut Vec::new(), &mut tried)?;
    println!("{tried} histories");
    assert!(tried > 50_000, "{tried}");
    Ok(())
}

fn drawn_step(random: &mut Random) -> Step {
    let (one, other) = (random.below(COPIES), random.below(COPIES));
    let amount = random.below(6) as u64;
    match random.below(14) {
        0..=2 => Step::Increment(one, amount),
        3..=5 => Step::Decrement(one, amount),
        6..=8 => Step::Transfer(one, other, amount),
        9 | 10 => Step::Merge(one, other),
        11 => Step::Deliver(one, other),
        12 => Step::Restore(one),
        _ => Step::Crash(OWNERS[one]),
    }
}

#[test]
fn long_histories_keep_the_bound_and_converge() -> Result<()> {
    let (mut refused, mut spent, mut early) = (0_u64, 0_i128, 0_u64);
    for seed in 0..HISTORIES {
        let mut random = Random::new(seed);
        let mut world = World::new()?;
        for _ in 0..STEPS {
            let step = drawn_step(&mut random);
            let changed = world.take(step)?;
            refused += u64::from(!changed && matches!(step, Step::Decrement(..)));
            early += u64::from(world.copies.iter().any(|copy| balance(copy) < 0));
            world.check();
        }
        world.settle()?;
        spent += world.spent;
    }
    println!("{refused} decrements refused, {spent} rights spent, {early} times more use than rights were known");
    assert!(refused > 1_000 && spent > 1_000 && early > 0);
    Ok(())
}

#[test]
fn rights_of_all_continued_actors_count_together() -> Result<()> {
    let here = replica(0, 0)?;
    let mut one = BoundedCounter::new();
    one.increment(&here, 2)?;
    let mut two = one.clone();
    one.increment(&here, 2)?;
    two.increment(&here, 3)?;
    assert_eq!((one.available(&here), two.available(&here)), (4, 3), "the copy that is behind has an actor of its own");
    one.join(&two)?;
    assert_eq!(one.available(&here), 7);
    let update = one.decrement_delta(&here, 6)?;
    assert_eq!(update.delta.used().count(), 2);
    assert_eq!((one.value(), one.available(&here), two.available(&here)), (1, 1, 0));
    let refused = one.decrement(&here, 2).unwrap_err();
    assert_eq!((refused.code(), refused.detail("available")), (Code::OutOfRange, Some("1")));
    Ok(())
}

#[test]
fn an_actor_that_only_received_is_the_replicas() -> Result<()> {
    let (here, there) = (replica(0, 0)?, replica(1, 0)?);
    let mut counter = BoundedCounter::new();
    counter.increment(&here, 5)?;
    let mut copy = BoundedCounter::new();
    let actor = copy.actor(&there)?;
    assert_eq!(copy.actor(&there)?, actor);
    counter.transfer(&here, &actor, 5)?;
    // Through a frame: the copy that announced the actor is gone, the state names it.
    let mut received: BoundedCounter =
        crdt_merge_protocol::Framed::decode(&crdt_merge_protocol::Framed::encode(&counter))?;
    assert_eq!((received.available(&there), received.actor(&there)?), (5, actor.clone()));
    received.decrement(&there, 5)?;
    assert_eq!(received.value(), 0);
    let own = counter.actor(&here)?;
    assert_eq!(counter.transfer(&here, &own, 0).unwrap_err().code(), Code::BadArgument);
    assert_eq!(counter.transfer(&here, "", 0).unwrap_err().code(), Code::BadText);
    Ok(())
}

/// Rights can wait for an actor that has never written, also while its replica is closed; after a crash they wait in vain.
#[test]
fn an_actor_that_only_received_is_saved() -> Result<()> {
    let (here, there) = (replica(0, 0)?, replica(1, 0)?);
    let mut counter = BoundedCounter::new();
    let actor = counter.actor(&there)?;
    counter.increment(&here, 5)?;
    counter.transfer(&here, &actor, 5)?;
    let save = there.close();
    let opening = Replica::open(&save, ManualClock::default(), TestEntropy::new(8))?;
    let opened = opening.save();
    let there = opening.make_durable(|_| Ok::<(), crdt_merge_protocol::Error>(()))?;
    assert_eq!((counter.available(&there), counter.actor(&there)?), (5, actor));
    let crashed = Replica::open(&opened, ManualClock::default(), TestEntropy::new(9))?;
    let crashed = crashed.make_durable(|_| Ok::<(), crdt_merge_protocol::Error>(()))?;
    assert_eq!(counter.available(&crashed), 0);
    counter.decrement(&there, 5)?;
    assert_eq!(counter.value(), 0);
    Ok(())
}

#[test]
fn slots_end_at_their_bound_and_nothing_is_half_done() -> Result<()> {
    let here = replica(0, 0)?;
    let mut counter = BoundedCounter::new();
    counter.increment(&here, i64::MAX as u64)?;
    let before = counter.clone();
    assert_eq!(counter.increment(&here, 1).unwrap_err().code(), Code::OutOfRange);
    assert_eq!(counter.increment(&here, u64::MAX).unwrap_err().code(), Code::OutOfRange);
    assert_eq!(counter.decrement(&here, u64::MAX).unwrap_err().code(), Code::OutOfRange);
    counter.increment(&here, 0)?;
    assert_eq!(counter, before);
    counter.decrement(&here, i64::MAX as u64)?;
    assert_eq!((counter.value(), counter.available(&here)), (0, 0));
    Ok(())
}

/// The checks find what they are for: a replica that does not remember its actors spends rights twice.
#[test]
fn spending_in_the_name_of_a_node_is_caught() -> Result<()> {
    let mut one = BoundedCounter::new();
    one.increment_node("n", 1)?;
    let mut two = one.clone();
    one.decrement_node("n", 1)?;
    two.decrement_node("n", 1)?;
    one.join(&two)?;
    let world = World { everything: one, created: 1, spent: 2, ..World::new()? };
    assert!(world.fault().is_some());
    Ok(())
}
