use crdt_merge::frames::{EncodeOptions, VERSION_2, inspect};
use crdt_merge::prelude::*;

use crate::support::{Folder, counter, generic, unsorted_counter};

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn one_state_has_one_id_whatever_its_frame() -> Result<()> {
    let state = AnyState::decode(&unsorted_counter())?;
    let sealed = state.encode_as(&EncodeOptions::V2.compressed().with_trailer())?;
    let folder = Folder::new().with("first", unsorted_counter()).with("second", state.encode()?).with("sealed", sealed);
    let id = state.state_id()?;
    let lines = text(folder.run(&["id", "first", "second", "sealed"]).succeeded());
    assert_eq!(lines, format!("{id}  first\n{id}  second\n{id}  sealed\n"));
    let json = text(folder.run(&["id", "--json", "first"]).succeeded());
    assert_eq!(json, format!("{{\"frame\": \"first\", \"type\": \"g_counter\", \"id\": \"{id}\"}}\n"));
    Ok(())
}

#[test]
fn versions_convert_into_each_other() -> Result<()> {
    let folder = Folder::new().with("first", counter("a", 1));
    let second = folder.run(&["convert", "--to", "v2", "first"]).succeeded();
    assert_eq!(second, AnyState::decode(&counter("a", 1))?.encode_as(&EncodeOptions::V2.with_trailer())?);
    let folder = folder.with("second", &second);
    assert_eq!(folder.run(&["convert", "--to", "v1", "second"]).succeeded(), counter("a", 1));
    assert_eq!(folder.run(&["convert", "second"]).succeeded(), second, "the version stays");
    let plain = folder.run(&["convert", "--no-trailer", "second"]).succeeded();
    assert_eq!(plain, AnyState::decode(&second)?.encode()?);
    folder.run(&["convert", "--exact", "--to", "v1", "second"]).failed(2, Code::BadArgument);
    Ok(())
}

#[test]
fn merging_two_versions_gives_the_later_one() -> Result<()> {
    let second = AnyState::decode(&counter("b", 2))?.encode()?;
    let folder = Folder::new().with("first", counter("a", 1)).with("second", second);
    let version = |arguments: &[&str]| inspect(&folder.run(arguments).succeeded()).map(|info| info.version);
    assert_eq!(version(&["merge", "--quiet", "first", "second"])?, VERSION_2);
    assert_eq!(version(&["merge", "--quiet", "first"])?, 1);
    assert_eq!(version(&["merge", "--quiet", "--to", "v1", "first", "second"])?, 1);
    Ok(())
}

#[test]
fn json_of_version_2_is_read_again_byte_for_byte() -> Result<()> {
    let mut set = OrSet::with_dot(1, "a", 1)?;
    set.remove(1);
    let folder = Folder::new().with("set", set.encode_as(&EncodeOptions::V2.with_trailer())?);
    let json = folder.run(&["convert", "--to", "json", "set"]).succeeded();
    let folder = folder.with("json", &json);
    assert_eq!(folder.run(&["convert", "--from", "json", "--exact", "json"]).succeeded(), folder.bytes("set"));
    Ok(())
}

#[test]
fn frames_of_unknown_kinds_are_carried() {
    let unknown = b"CRDT\0\x02\xf3\0\0\0\0\x03\x01\x07\x08";
    let folder = Folder::new().with("unknown", unknown).with("known", generic(1));
    let shown = text(folder.run(&["inspect", "unknown"]).succeeded());
    assert!(shown.contains("unknown (tag 0xf3, version 2)") && shown.contains("id: "), "{shown}");
    assert_eq!(folder.run(&["convert", "--no-trailer", "unknown"]).succeeded(), unknown);
    folder.run(&["convert", "--to", "v1", "unknown"]).failed(4, Code::NotInV1);
}
