use crdt_merge::Code;

use crate::support::Folder;

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_code_is_explained_however_it_is_spelt() {
    let folder = Folder::new();
    let out = text(folder.run(&["explain", "STALE_STATE"]).succeeded());
    let expected = format!("STALE_STATE (merge)\n  {}\n  {}\n", Code::StaleState.meaning(), Code::StaleState.remedy());
    assert_eq!(out, expected);
    assert_eq!(text(folder.run(&["explain", "stale-state"]).succeeded()), out);
    let json = text(folder.run(&["explain", "--json", "closed"]).succeeded());
    assert!(json.starts_with("{\"code\": \"CLOSED\", \"family\": \"life_cycle\", \"meaning\": "), "{json}");
}

#[test]
fn without_a_code_all_are_listed() {
    let out = text(Folder::new().run(&["explain"]).succeeded());
    assert_eq!(out.lines().count(), Code::ALL.len());
    assert!(out.starts_with("TOO_SHORT "), "{out}");
}

#[test]
fn an_unknown_code_is_refused() {
    Folder::new().run(&["explain", "NONE"]).failed(2, Code::BadArgument);
}
