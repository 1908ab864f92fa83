use crdt_merge::Code;

use crate::support::{Folder, counter};

const COMMANDS: [&str; 6] = ["inspect", "merge", "convert", "diff", "verify", "completions"];

#[test]
fn help_lists_commands_and_exit_codes() {
    let help = String::from_utf8(Folder::new().run(&["--help"]).succeeded()).unwrap();
    assert!(COMMANDS.iter().all(|command| help.contains(command)));
    for code in ["0 ", "1 ", "2 ", "3 ", "4 ", "5 ", "70"] {
        assert!(help.contains(&format!("\n  {code}  ")), "{code}: {help}");
    }
    assert!(Folder::new().run(&["--version"]).text().starts_with("crdt-merge "));
}

#[test]
fn mistakes_on_the_command_line_exit_with_2() {
    let folder = Folder::new().with("a", counter("a", 1));
    for arguments in [
        &[][..],
        &["frobnicate"],
        &["merge"],
        &["inspect", "a", "--max-depth", "0"],
        &["inspect", "a", "--limit-inflated", "many"],
    ] {
        let run = folder.run(arguments);
        assert!(run.code == Some(2) && run.out.is_empty() && !run.err.is_empty(), "{run:?}");
    }
    folder.run(&["merge", "--json"]).failed(2, Code::BadArgument);
}

#[test]
fn completions_name_every_command() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = String::from_utf8(Folder::new().run(&["completions", shell]).succeeded()).unwrap();
        assert!(COMMANDS.iter().all(|command| script.contains(command)), "{shell}");
    }
    assert_eq!(Folder::new().run(&["completions", "tcsh"]).code, Some(2));
}

#[test]
fn colours_are_for_terminals_or_on_request() {
    let folder = Folder::new().with("a", counter("a", 1)).with("b", counter("b", 1)).with("bad", b"no frame at all");
    for arguments in [&["inspect", "a"][..], &["diff", "a", "b"], &["verify", "a"], &["inspect", "bad"]] {
        let plain = folder.run(arguments);
        assert!(!plain.out.contains(&0x1b) && !plain.err.contains('\u{1b}'), "{plain:?}");
        let coloured = folder.run(&[arguments, &["--color", "always"]].concat());
        assert!(coloured.out.contains(&0x1b) || coloured.err.contains('\u{1b}'), "{coloured:?}");
    }
}

#[test]
fn missing_files_are_named() {
    let run = Folder::new().run(&["inspect", "nowhere.crdt"]);
    run.failed(5, Code::Io);
    assert!(run.err.starts_with("error: IO in nowhere.crdt: reading failed"), "{run:?}");
}
