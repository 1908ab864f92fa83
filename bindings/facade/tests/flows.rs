//! Operations as a binding calls them: by number, with records.
#![allow(clippy::unwrap_used, reason = "tests")]

use crdt_merge_facade::{Code, Datum, Result, decode, encode, invoke, invoke_bytes, operation_number};

fn call(operation: &str, input: Datum) -> Result<Datum> {
    invoke(operation_number(operation).unwrap(), &input)
}

fn record<const N: usize>(members: [(&str, Datum); N]) -> Datum {
    Datum::map(members)
}

fn replica(node: &str, entropy: u8) -> Datum {
    let entropy = Datum::Bytes(vec![entropy; 32]);
    call("replica_new", record([("node", Datum::text(node)), ("entropy", entropy)])).unwrap()
}

fn state(kind: &str, replica: &Datum) -> Datum {
    call("state_new", record([("kind", Datum::text(kind)), ("replica", replica.clone())])).unwrap()
}

fn of(state: &Datum) -> Datum {
    record([("state", state.clone())])
}

fn bytes(datum: Datum) -> Vec<u8> {
    match datum {
        Datum::Bytes(bytes) => bytes,
        other => panic!("no bytes: {other:?}"),
    }
}

fn code(result: Result<Datum>) -> Code {
    result.unwrap_err().code()
}

#[test]
fn two_replicas_count() {
    let (laptop, phone) = (replica("laptop", 1), replica("phone", 2));
    let (likes, theirs) = (state("pn_counter", &laptop), state("pn_counter", &phone));
    let add = |state: &Datum, amount| {
        call("counter_add", record([("state", state.clone()), ("amount", Datum::Int(amount))])).unwrap()
    };
    add(&likes, 5);
    add(&theirs, -2);
    let frame = call("state_encode", of(&likes)).unwrap();
    let report = call("state_merge_frame", record([("state", theirs.clone()), ("frame", frame)])).unwrap();
    assert_eq!(report.field("changed"), Some(&Datum::Bool(true)));
    call("state_merge", record([("state", likes.clone()), ("other", theirs.clone())])).unwrap();
    assert_eq!(call("state_value", of(&likes)), Ok(Datum::Int(3)));
    assert_eq!(call("state_identify", of(&likes)), call("state_identify", of(&theirs)));
    let both = record([("state", likes.clone()), ("other", theirs)]);
    assert_eq!(call("state_compare", both), Ok(Datum::text("equal")));
}

#[test]
fn the_clock_is_an_argument() {
    let tablet = replica("tablet", 3);
    let prefs = state("lww_map", &tablet);
    let put = |value: &str, at: Datum| {
        let entries = Datum::Map(vec![(Datum::text("theme"), Datum::text(value))]);
        call("map_put", record([("state", prefs.clone()), ("entries", entries), ("at", at)])).unwrap()
    };
    put("dark", Datum::Int(1_767_225_600_000_000));
    put("light", Datum::Int(0));
    let old = put("old", record([("node", Datum::text("import")), ("seconds", Datum::Float(5.0))]));
    assert_eq!(old.field("changed"), Some(&Datum::Bool(false)));
    let keys = Datum::List(vec![Datum::text("theme"), Datum::text("none")]);
    let found = call("map_get", record([("state", prefs), ("keys", keys)])).unwrap();
    let Datum::List(entries) = found else { panic!("no list") };
    assert_eq!(entries[0].field("value"), Some(&Datum::text("light")));
    assert_eq!(entries[0].field("micros"), Some(&Datum::Int(1_767_225_600_000_001)), "the stamp went on");
    assert_eq!(entries[1], Datum::Null);
}

#[test]
fn a_removal_covers_what_it_has_seen() {
    let (here, there) = (replica("here", 4), replica("there", 5));
    let set = state("or_set", &here);
    let values = |values: &[&str]| Datum::List(values.iter().map(|value| Datum::text(*value)).collect());
    let with = |state: &Datum, words: &[&str]| record([("state", state.clone()), ("values", values(words))]);
    assert_eq!(call("set_add", with(&set, &["milk", "eggs"])), Ok(Datum::Int(2)));
    let copy = call("state_copy", record([("state", set.clone()), ("replica", there)])).unwrap();
    call("set_remove", with(&set, &["milk", "eggs"])).unwrap();
    call("set_add", with(&copy, &["milk"])).unwrap();
    call("state_merge", record([("state", set.clone()), ("other", copy)])).unwrap();
    assert_eq!(call("set_values", of(&set)), Ok(values(&["milk"])));
}

#[test]
fn sessions_bring_states_together() {
    let (here, there) = (state("or_set", &replica("a", 6)), state("or_set", &replica("b", 7)));
    for (state, from) in [(&here, 0), (&there, 500)] {
        let values = Datum::List((from..from + 600).map(Datum::Int).collect());
        call("set_add", record([("state", (*state).clone()), ("values", values)])).unwrap();
    }
    let session = |state: &Datum| call("session_new", of(state)).unwrap();
    let ends = [session(&here), session(&there)];
    let start = record([("session", ends[0].clone())]);
    let Datum::List(mut under_way) = call("session_start", start).unwrap() else { panic!("no list") };
    let mut to = 1;
    while !under_way.is_empty() {
        let mut answers = Vec::new();
        for message in under_way {
            let received = call("session_receive", record([("session", ends[to].clone()), ("message", message)]));
            let Some(Datum::List(outgoing)) = received.unwrap().field("outgoing").cloned() else { panic!("no list") };
            answers.extend(outgoing);
        }
        (to, under_way) = (1 - to, answers);
    }
    assert_eq!(call("state_identify", of(&here)), call("state_identify", of(&there)));
    assert_eq!(call("set_len", of(&here)), Ok(Datum::Int(1_100)));
}

#[test]
fn a_job_asks_and_answers() {
    let samples = Datum::List((0..5).map(Datum::Int).collect());
    let job = call("law_job", record([("samples", samples), ("trials", Datum::Int(200))])).unwrap();
    let with = |budget| record([("job", job.clone()), ("budget", Datum::Int(budget))]);
    for _ in 0..10_000 {
        let step = call("job_step", with(100)).unwrap();
        match step.field("state").and_then(Datum::as_text).unwrap() {
            "done" => break,
            "ask" => {
                let Some(Datum::List(questions)) = step.field("questions") else { panic!("no questions") };
                let left = |pair: &Datum| match pair {
                    Datum::List(pair) => record([("value", pair[0].clone())]),
                    other => panic!("no pair: {other:?}"),
                };
                let answers = Datum::List(questions.iter().map(left).collect());
                call("job_answer", record([("job", job.clone()), ("answers", answers)])).unwrap();
            }
            _ => {}
        }
    }
    let report = call("job_result", record([("job", job.clone())])).unwrap();
    assert_eq!(report.field("is_lawful"), Some(&Datum::Bool(false)), "taking the left one is not commutative");
    assert_eq!(code(call("job_result", record([("job", job)]))), Code::Closed);
}

#[test]
fn a_large_frame_is_merged_in_steps() {
    let (here, there) = (state("lww_map", &replica("a", 8)), state("lww_map", &replica("b", 9)));
    let entries = Datum::Map((0..5_000).map(|key| (Datum::text(key.to_string()), Datum::Int(key))).collect());
    call("map_put", record([("state", there.clone()), ("entries", entries), ("at", Datum::Int(1))])).unwrap();
    let frame = call("state_encode", of(&there)).unwrap();
    let job = call("state_merge_job", record([("state", here.clone()), ("frame", frame)])).unwrap();
    let step = || call("job_step", record([("job", job.clone()), ("budget", Datum::Int(700))])).unwrap();
    let mut steps = 0;
    while step().field("state") != Some(&Datum::text("done")) {
        steps += 1;
        assert_eq!(call("map_len", of(&here)), Ok(Datum::Int(0)), "nothing changes before the result is taken");
    }
    assert!(steps > 5, "{steps} steps");
    call("job_result", record([("job", job)])).unwrap();
    assert_eq!(call("map_len", of(&here)), Ok(Datum::Int(5_000)));
}

#[test]
fn a_replica_survives_a_restart() {
    let first = replica("home", 10);
    let counter = state("g_counter", &first);
    let count = |state: &Datum| call("counter_add", record([("state", state.clone()), ("amount", Datum::Int(1))]));
    count(&counter).unwrap();
    let save = call("replica_close", record([("replica", first)])).unwrap();
    assert_eq!(code(count(&counter)), Code::Closed, "nobody writes for a closed replica");
    let opened = record([("save", save), ("entropy", Datum::Bytes(vec![11; 32]))]);
    let opened = call("replica_open", opened).unwrap();
    let frame = call("state_encode", of(&counter)).unwrap();
    let replica = opened.field("replica").unwrap().clone();
    let again = call("state_decode", record([("frame", frame), ("replica", replica)])).unwrap();
    count(&again).unwrap();
    let slots = call("counter_slots", of(&again)).unwrap();
    assert_eq!(slots.field("positive").and_then(Datum::as_map).map(<[_]>::len), Some(1), "the line of writes goes on");
}

#[test]
fn columns_and_lists_are_the_same_items() {
    for kind in ["hll_native", "bloom_native", "minhash", "hll", "bloom"] {
        let make = |items: Datum| {
            let sketch = call("state_new", record([("kind", Datum::text(kind))])).unwrap();
            call("sketch_add", record([("state", sketch.clone()), ("items", items)])).unwrap();
            call("state_identify", of(&sketch)).unwrap()
        };
        let list = Datum::List((0..500).map(Datum::Int).collect());
        assert_eq!(make(Datum::Ints((0..500).collect())), make(list), "{kind}");
        let texts: Vec<String> = (0..500).map(|number| format!("item {number}")).collect();
        let list = Datum::texts(texts.clone());
        assert_eq!(make(Datum::Texts(texts)), make(list), "{kind}");
    }
}

#[test]
fn two_threads_merge_both_ways() {
    let (here, there) = (state("or_set", &replica("a", 12)), state("or_set", &replica("b", 13)));
    std::thread::scope(|scope| {
        for (state, other, base) in [(&here, &there, 0), (&there, &here, 1_000)] {
            scope.spawn(move || {
                for value in base..base + 200 {
                    let values = Datum::List(vec![Datum::Int(value)]);
                    call("set_add", record([("state", state.clone()), ("values", values)])).unwrap();
                    call("state_merge", record([("state", state.clone()), ("other", other.clone())])).unwrap();
                    call("state_merge", record([("state", state.clone()), ("other", state.clone())])).unwrap();
                    call("state_compare", record([("state", state.clone()), ("other", other.clone())])).unwrap();
                }
            });
        }
    });
    call("state_merge", record([("state", here.clone()), ("other", there)])).unwrap();
    assert_eq!(call("set_len", of(&here)), Ok(Datum::Int(400)));
}

#[test]
fn errors_have_code_message_and_details() {
    let short = record([("frame", Datum::Bytes(b"CRDT\0\x01\x02".to_vec()))]);
    let reply = invoke_bytes(operation_number("state_decode").unwrap(), &encode(&short));
    assert_eq!(reply[0], 1);
    let error = decode(&reply[1..]).unwrap();
    assert_eq!(error.field("code"), Some(&Datum::text("TOO_SHORT")));
    let detail = error.field("detail").unwrap();
    assert!(detail.field("offset").is_some(), "{detail:?}");
    assert_eq!(code(invoke(100_000, &Datum::Null)), Code::BadArgument);
    let likes = call("state_new", record([("kind", Datum::text("pn_counter"))])).unwrap();
    let add = |amount| record([("state", likes.clone()), ("amount", amount)]);
    assert_eq!(code(call("counter_add", add(Datum::Int(1)))), Code::NoReplica);
    assert_eq!(code(call("counter_add", add(Datum::text("1")))), Code::BadArgument);
    let set = call("state_new", record([("kind", Datum::text("or_set"))])).unwrap();
    let other = record([("state", likes.clone()), ("other", set)]);
    assert_eq!(code(call("state_merge", other)), Code::TypeMismatch);
    assert_eq!(call("handle_close", record([("handle", likes.clone())])), Ok(Datum::Bool(true)));
    assert_eq!(code(call("state_value", of(&likes))), Code::Closed);
    assert!(bytes(call("value_encode", Datum::Null).unwrap()).len() == 1);
}
