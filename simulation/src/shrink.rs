//! Makes a failing history short.

use crate::fault::Fault;
use crate::history::{Action, Event, History, What};
use crate::world::Violation;

/// The shortest history found that still fails, with what fails then.
pub fn shrunk(history: &History, fault: Fault) -> Option<(History, Violation)> {
    let mut best = (history.clone(), violation(history, fault)?);
    loop {
        let before = (best.0.events.len(), best.0.clone());
        drop_events(&mut best, fault);
        simplify(&mut best, fault);
        if best.0.events.len() == before.0 && best.0 == before.1 {
            return Some(best);
        }
    }
}

fn violation(history: &History, fault: Fault) -> Option<Violation> {
    history.kind.play(history, fault).violation
}

/// Takes a candidate if it fails as well.
fn attempt(best: &mut (History, Violation), candidate: History, fault: Fault) -> bool {
    let found = violation(&candidate, fault);
    let fails = found.is_some();
    if let Some(found) = found {
        *best = (candidate, found);
    }
    fails
}

/// Leaves out what comes after the failure, then halves, quarters, … and single events.
fn drop_events(best: &mut (History, Violation), fault: Fault) {
    if best.1.event > 0 {
        let last = best.1.event;
        let mut candidate = best.0.clone();
        candidate.events.retain(|event| event.id <= last);
        attempt(best, candidate, fault);
    }
    let mut size = best.0.events.len().div_ceil(2);
    while size > 0 {
        let mut start = 0;
        while start < best.0.events.len() {
            let mut candidate = best.0.clone();
            let end = (start + size).min(candidate.events.len());
            candidate.events.drain(start..end);
            if !attempt(best, candidate, fault) {
                start += size;
            }
        }
        size = if size == 1 { 0 } else { size.div_ceil(2) };
    }
}

/// Makes parameters simpler: no loss, small numbers, right clocks, one version, fewer replicas.
fn simplify(best: &mut (History, Violation), fault: Fault) {
    for edit in [straight_clocks, one_version, one_document, fewer_hosts] {
        let mut candidate = best.0.clone();
        edit(&mut candidate);
        if candidate != best.0 {
            attempt(best, candidate, fault);
        }
    }
    for place in 0..best.0.events.len() {
        for edit in [simpler_event, smaller_event] {
            let mut candidate = best.0.clone();
            candidate.events.get_mut(place).into_iter().for_each(edit);
            if candidate != best.0 {
                attempt(best, candidate, fault);
            }
        }
    }
}

fn straight_clocks(history: &mut History) {
    history.skew.iter_mut().for_each(|skew| *skew = 0);
}

fn one_version(history: &mut History) {
    history.old.clear();
}

fn one_document(history: &mut History) {
    history.documents = 1;
}

/// As many replicas as the events need.
fn fewer_hosts(history: &mut History) {
    let highest = history.events.iter().map(highest_host).max().unwrap_or(0);
    history.hosts = history.hosts.min(highest + 1);
    history.first = history.first.min(history.hosts);
}

fn highest_host(event: &Event) -> u8 {
    match &event.what {
        What::Write(at, Action::Hand { to, .. }) => at.host.max(to.host),
        What::Write(at, _) | What::Send(at) => at.host,
        What::Tell { from, to } | What::Delta { from, to } => from.host.max(to.host),
        What::Deliver { to, .. } => to.host,
        What::Session { one, other, .. } => one.host.max(other.host),
        What::Compact { at, peers } => peers.iter().map(|peer| peer.host).max().unwrap_or(0).max(at.host),
        What::Fork { host, .. } | What::Jump { host, .. } => *host,
        What::Save(host) | What::Crash(host) | What::Close(host) | What::Open(host) => *host,
        What::Keep(host) | What::Enter(host) => *host,
        What::Return { from, host } => *from.max(host),
    }
}

fn simpler_event(event: &mut Event) {
    match &mut event.what {
        What::Session { loss, is_left, .. } => (*loss, *is_left) = (0, false),
        What::Compact { peers, .. } => peers.clear(),
        What::Write(_, Action::Put { value, .. }) => *value = 1,
        _ => {}
    }
}

fn smaller_event(event: &mut Event) {
    match &mut event.what {
        What::Write(_, Action::Increase(amount) | Action::Decrease(amount) | Action::Hand { amount, .. }) => {
            *amount = 1
        }
        What::Write(_, Action::Put { key, .. } | Action::Take { key } | Action::PutTag { key, .. }) => *key = 0,
        What::Compact { peers, .. } => drop(peers.pop()),
        _ => {}
    }
}
