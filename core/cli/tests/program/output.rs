use std::process::{Command, Stdio};

use crdt_merge::Code;

use crate::support::{Folder, counter, generic};

#[test]
fn a_failure_leaves_the_old_file_and_nothing_else() {
    let folder = Folder::new().with("a", counter("a", 1)).with("bad", b"CRDT").with("out", b"old");
    folder.run(&["merge", "a", "bad", "-o", "out"]).failed(3, Code::TooShort);
    folder.run(&["convert", "bad", "-o", "out"]).failed(3, Code::TooShort);
    assert_eq!(folder.bytes("out"), b"old");
    assert_eq!(folder.names(), ["a", "bad", "out"]);
}

#[test]
fn success_replaces_the_old_file_and_leaves_nothing_else() {
    let folder = Folder::new().with("a", counter("a", 1)).with("out", vec![b'x'; 10_000]);
    folder.run(&["merge", "a", "-o", "out"]).succeeded();
    assert_eq!(folder.bytes("out"), folder.bytes("a"));
    assert_eq!(folder.names(), ["a", "out"]);
}

#[test]
fn an_input_may_be_the_output() {
    let folder = Folder::new().with("a", counter("a", 1)).with("b", counter("b", 1));
    folder.run(&["merge", "a", "b", "-o", "a"]).succeeded();
    assert_eq!(folder.bytes("a"), folder.run(&["merge", "a", "b"]).succeeded());
}

#[test]
fn places_that_cannot_be_written_are_errors_of_their_own() {
    let folder = Folder::new().with("a", counter("a", 1));
    std::fs::create_dir(folder.path("folder")).unwrap();
    folder.run(&["merge", "a", "-o", "missing/out"]).failed(5, Code::Io);
    folder.run(&["merge", "a", "-o", "folder"]).failed(5, Code::Io);
    folder.run(&["merge", "a", "-o", "a/out"]).failed(5, Code::Io);
    assert_eq!(folder.names(), ["a", "folder"]);
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn mode(folder: &Folder, name: &str) -> u32 {
        std::fs::metadata(folder.path(name)).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn permissions_stay_and_new_files_get_the_usual_ones() {
        let folder = Folder::new().with("a", counter("a", 1)).with("old", b"");
        std::fs::set_permissions(folder.path("old"), std::fs::Permissions::from_mode(0o640)).unwrap();
        folder.run(&["merge", "a", "-o", "old"]).succeeded();
        folder.run(&["merge", "a", "-o", "new"]).succeeded();
        assert_eq!((mode(&folder, "old"), mode(&folder, "new")), (0o640, mode(&folder, "a")));
    }

    #[test]
    fn a_protected_file_stays() {
        let folder = Folder::new().with("a", counter("a", 1)).with("old", b"kept");
        std::fs::set_permissions(folder.path("old"), std::fs::Permissions::from_mode(0o444)).unwrap();
        folder.run(&["merge", "a", "-o", "old"]).failed(5, Code::Io);
        assert_eq!(folder.bytes("old"), b"kept");
    }

    #[test]
    fn links_are_followed_and_devices_are_written_to() {
        let folder = Folder::new().with("a", counter("a", 1)).with("target", b"");
        symlink("target", folder.path("link")).unwrap();
        folder.run(&["merge", "a", "-o", "link"]).succeeded();
        assert_eq!(folder.bytes("target"), folder.bytes("a"));
        assert!(std::fs::symlink_metadata(folder.path("link")).unwrap().is_symlink());
        folder.run(&["merge", "a", "-o", "/dev/null"]).succeeded();
        assert!(!std::fs::metadata("/dev/null").unwrap().is_file());
    }
}

#[test]
fn a_reader_that_leaves_is_no_failure() {
    let folder = Folder::new().with("a", generic("x".repeat(2_000_000)));
    let mut command = Command::new(env!("CARGO_BIN_EXE_crdt-merge"));
    command.args(["inspect", "--full"]).arg(folder.path("a")).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0), "{output:?}");
}
