//! One pair of every type: written by the reference, merged by the program, read back by the reference.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context, Result, bail};
use clap::Args;
use crdt_merge_protocol::Tag;
use indicatif::{ProgressBar, ProgressStyle};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::deviations::{self, Deviation};
use crate::identity::{self, Identity};
use crate::peer::{Hello, Interpreter, Kind, Peer, shortened};
use crate::second::Second;
use crate::sync::{self, Sync};
use crate::table::{self, Side};

/// What the demonstration needs.
#[derive(Debug, Args)]
pub struct Settings {
    /// Interpreter with a release of the reference
    #[arg(long, value_parser = Interpreter::parse)]
    reference: Interpreter,
    /// The `crdt-merge` program
    #[arg(long)]
    program: PathBuf,
    /// Folder for the frames; they stay there to be looked at
    #[arg(long, default_value = "target/demo")]
    dir: PathBuf,
    /// Seed of the states
    #[arg(long, default_value_t = 20_240_229)]
    seed: u64,
    /// One JSON object instead of the table
    #[arg(long)]
    json: bool,
}

/// What the reference wrote.
#[derive(Debug, Deserialize)]
struct Written {
    bytes: [u64; 2],
    deviations: BTreeSet<String>,
    /// What has to be said of the pair.
    remark: Option<String>,
}

/// What the reference says of our files.
#[derive(Debug, Deserialize)]
struct Verdict {
    checked: BTreeSet<String>,
    failures: Vec<Found>,
}

#[derive(Debug, Deserialize)]
struct Found {
    check: String,
    detail: String,
}

/// One line of the table.
#[derive(Debug, Serialize)]
struct Row {
    tag: u8,
    #[serde(rename = "type")]
    kind: String,
    /// Sizes of the two frames that the reference wrote.
    bytes_in: [u64; 2],
    /// Size of the merged frame; nothing for a kind without a join, which is relayed.
    bytes_merged: Option<u64>,
    /// Whether the reference reads back what is expected.
    equal: bool,
    /// Reasons why the expectation is the lawful answer and not the reference's own.
    deviations: BTreeSet<String>,
    /// Whether the laws held over both states and their merge; nothing without a join.
    laws: Option<bool>,
    /// What has to be said of the two states.
    #[serde(skip_serializing_if = "Option::is_none")]
    remark: Option<String>,
    /// What went wrong.
    failures: Vec<String>,
}

impl Row {
    fn is_fine(&self) -> bool {
        self.equal && self.laws != Some(false) && self.failures.is_empty()
    }
}

/// The whole outcome.
#[derive(Debug, Serialize)]
struct Report {
    reference: String,
    python: String,
    program: String,
    seed: u64,
    rows: Vec<Row>,
    /// One id for each state, whatever way led to it.
    identities: Vec<Identity>,
    /// Two large states brought together.
    sync: Vec<Sync>,
    passed: usize,
    failed: usize,
}

/// Runs every type and prints the table; whether everything was equal.
pub fn run(settings: &Settings) -> Result<bool> {
    let _alone = lock(&settings.dir)?;
    let mut peer = Peer::start(&settings.reference)?;
    let hello = peer.hello()?;
    let bar = progress(&hello)?;
    let mut rows = Vec::new();
    for kind in &hello.kinds {
        bar.set_message(kind.name.clone());
        rows.push(run_kind(settings, &mut peer, kind).with_context(|| kind.name.clone())?);
        bar.inc(1);
    }
    let identities = identities(settings, &hello, &bar)?;
    bar.set_message("sync");
    let sync = sync::run(&Program(&settings.program), &settings.dir)?;
    bar.finish_and_clear();
    let report = report(settings, hello, rows, identities, sync)?;
    if settings.json {
        println!("{}", serde_json::to_string_pretty(&report)?)
    } else {
        print(&report)?
    }
    Ok(report.failed == 0)
}

/// Holds the folder until it is dropped, so that two demonstrations at a time do not take each other's frames.
fn lock(dir: &Path) -> Result<File> {
    fs::create_dir_all(dir)?;
    let file = File::create(dir.join("lock"))?;
    file.lock().context("waiting for another demonstration")?;
    Ok(file)
}

fn progress(hello: &Hello) -> Result<ProgressBar> {
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len}  {msg}")?;
    Ok(ProgressBar::new(u64::try_from(hello.kinds.len())?).with_style(style))
}

/// The ids of the states that the reference wrote, and of two states of every kind that it does not have.
fn identities(settings: &Settings, hello: &Hello, bar: &ProgressBar) -> Result<Vec<Identity>> {
    let mut second = Second::start(&settings.reference.python)?;
    let program = Program(&settings.program);
    let known = |kind: &Kind| Tag::from_byte(kind.tag).context("the reference has a type that is not known here");
    let mut folders = Vec::new();
    for kind in &hello.kinds {
        folders.push((known(kind)?, settings.dir.join(&kind.name)));
    }
    folders.extend(identity::write_new_kinds(&settings.dir, settings.seed)?);
    folders.sort();
    bar.set_length(bar.position() + u64::try_from(folders.len())?);
    let of_kind = |(tag, folder): (Tag, PathBuf)| {
        bar.set_message(format!("id of {}", tag.name()));
        bar.inc(1);
        identity::of_kind(&program, &mut second, tag, &folder)
    };
    Ok(folders.into_iter().map(of_kind).collect())
}

fn report(
    settings: &Settings,
    hello: Hello,
    rows: Vec<Row>,
    identities: Vec<Identity>,
    sync: Vec<Sync>,
) -> Result<Report> {
    let checks = rows.iter().map(Row::is_fine).chain(identities.iter().map(Identity::is_fine));
    let checks: Vec<bool> = checks.chain(sync.iter().map(Sync::is_fine)).collect();
    let passed = checks.iter().filter(|fine| **fine).count();
    let version = call(settings, &["--version"], &[])?;
    Ok(Report {
        reference: hello.release,
        python: hello.python,
        program: String::from_utf8_lossy(&version.stdout).trim().to_owned(),
        seed: settings.seed,
        failed: checks.len() - passed,
        passed,
        rows,
        identities,
        sync,
    })
}

// --- one type -------------------------------------------------------------------------------

fn run_kind(settings: &Settings, peer: &mut Peer, kind: &Kind) -> Result<Row> {
    let dir = fresh(&settings.dir, &kind.name)?;
    let request = json!({"cmd": "write", "kind": kind.name, "seed": settings.seed, "dir": dir});
    let written: Written = peer.ask(&request)?;
    let mut failures = process(settings, kind, &dir);
    let laws = kind.join.then(|| verify(settings, &dir, &mut failures));
    let verdict: Verdict = peer.ask(&json!({"cmd": "read_back", "kind": kind.name, "dir": dir}))?;
    let equal = verdict.failures.is_empty() && verdict.checked == expected_files(kind);
    failures.extend(verdict.failures.iter().map(|found| format!("{}: {}", found.check, found.detail)));
    let bytes_merged = if kind.join { size(&dir.join("ab.crdt")) } else { None };
    let Written { bytes, deviations, remark } = written;
    Ok(Row {
        tag: kind.tag,
        kind: kind.name.clone(),
        bytes_in: bytes,
        bytes_merged,
        equal,
        deviations,
        laws,
        remark,
        failures,
    })
}

/// An empty folder for the frames of one type.
fn fresh(dir: &Path, kind: &str) -> Result<PathBuf> {
    let folder = std::path::absolute(dir.join(kind))?;
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Names of the frames that the program has to leave for the reference.
fn expected_files(kind: &Kind) -> BTreeSet<String> {
    let merged = ["ab", "ba"].iter().filter(|_| kind.join);
    ["canonical", "canonical_b"].iter().chain(merged).map(|name| (*name).to_owned()).collect()
}

/// Lets the program re-encode both states and merge them in both orders; what it complained of.
fn process(settings: &Settings, kind: &Kind, dir: &Path) -> Vec<String> {
    let mut calls =
        vec![("convert", vec!["a.crdt"], "canonical.crdt"), ("convert", vec!["b.crdt"], "canonical_b.crdt")];
    if kind.join {
        calls.push(("merge", vec!["a.crdt", "b.crdt"], "ab.crdt"));
        calls.push(("merge", vec!["b.crdt", "a.crdt"], "ba.crdt"));
    }
    let results = calls.into_iter().map(|(command, inputs, output)| {
        let files: Vec<PathBuf> = inputs.iter().map(|name| dir.join(name)).collect();
        succeed(settings, &[command, "-o", &dir.join(output).to_string_lossy()], &files)
    });
    results.filter_map(|result| result.err().map(|error| format!("{error:#}"))).collect()
}

/// The program's own law checker over both states and their merge.
fn verify(settings: &Settings, dir: &Path, failures: &mut Vec<String>) -> bool {
    let files = ["a.crdt", "b.crdt", "ab.crdt"].map(|name| dir.join(name));
    match succeed(settings, &["verify"], &files) {
        Ok(()) => true,
        Err(error) => {
            failures.push(format!("{error:#}"));
            false
        }
    }
}

/// The command-line program.
pub struct Program<'a>(pub &'a Path);

impl Program<'_> {
    /// Runs a command and gives what it printed.
    pub fn output(&self, arguments: &[&str], files: &[&Path]) -> Result<String> {
        let output = Command::new(self.0).args(arguments).args(files).output().context("starting the program")?;
        if !output.status.success() {
            bail!("`crdt-merge {}`: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Runs a command that writes a file.
    pub fn write(&self, arguments: &[&str], files: &[&PathBuf], output: &Path) -> Result<()> {
        let output = output.to_string_lossy();
        let arguments: Vec<&str> = arguments.iter().copied().chain(["-o", &output]).collect();
        self.output(&arguments, &files.iter().map(|file| file.as_path()).collect::<Vec<_>>()).map(drop)
    }

    /// The ids of the states in some files.
    pub fn ids(&self, files: &[PathBuf]) -> Result<Vec<String>> {
        let printed = self.output(&["id"], &files.iter().map(PathBuf::as_path).collect::<Vec<_>>())?;
        Ok(printed.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect())
    }
}

fn succeed(settings: &Settings, arguments: &[&str], files: &[PathBuf]) -> Result<()> {
    let output = call(settings, arguments, files)?;
    if !output.status.success() {
        let said = if output.stderr.is_empty() { &output.stdout } else { &output.stderr };
        bail!("`crdt-merge {}`: {}", arguments.join(" "), String::from_utf8_lossy(said).trim());
    }
    Ok(())
}

fn call(settings: &Settings, arguments: &[&str], files: &[PathBuf]) -> Result<Output> {
    let mut command = Command::new(&settings.program);
    command.args(arguments).args(files);
    command.output().with_context(|| format!("starting {}", settings.program.display()))
}

fn size(path: &Path) -> Option<u64> {
    fs::metadata(path).ok().map(|file| file.len())
}

// --- the table ------------------------------------------------------------------------------

fn print(report: &Report) -> Result<()> {
    let reasons = deviations::list()?;
    let notes = notes(&report.rows);
    println!(
        "States written by crdt-merge {} on Python {}, merged by {}, read back there:\n",
        report.reference, report.python, report.program
    );
    for line in lines(&report.rows, &notes) {
        println!("{line}");
    }
    print_notes(&notes, &reasons);
    for row in &report.rows {
        row.remark.iter().for_each(|remark| println!("{}: {remark}.", row.kind));
    }
    for row in report.rows.iter().filter(|row| !row.is_fine()) {
        let why = if row.failures.is_empty() { "frames are missing".to_owned() } else { row.failures.join("; ") };
        println!("FAILED {}: {}", row.kind, shortened(&why));
    }
    print_identities(&report.identities);
    print_sync(&report.sync);
    println!("\n{} checks equal, {} not; the frames are kept", report.passed, report.failed);
    Ok(())
}

fn print_identities(identities: &[Identity]) {
    println!(
        "\nOne id for each state: merged in both orders, in both versions, compressed, sealed; and by a second implementation:\n"
    );
    let header = ["tag", "type", "ways", "id", "second implementation"];
    let mut cells = vec![header.map(str::to_owned).to_vec()];
    cells.extend(identities.iter().map(|identity| {
        let short = |id: &str| format!("{}…", id.get(..24).unwrap_or(id));
        let id = identity.id.as_deref().map(short).or(identity.left_out.map(|why| format!("– ({why})")));
        let id = id.unwrap_or_else(|| "✗".to_owned());
        let agrees = match (identity.second_agrees, identity.left_out) {
            (true, None) => "✓ same bytes, same id",
            (true, Some(_)) => "✓ refuses it too",
            (false, _) => "✗",
        };
        let tag = format!("{:#04x}", identity.tag);
        vec![tag, identity.kind.clone(), identity.ways.to_string(), id, agrees.to_owned()]
    }));
    table::lines(&[Side::Left, Side::Left, Side::Right, Side::Left, Side::Left], &cells)
        .iter()
        .for_each(|line| println!("{line}"));
    for identity in identities.iter().filter(|identity| !identity.is_fine()) {
        println!("FAILED {}: {}", identity.kind, shortened(&identity.failures.join("; ")));
    }
}

fn print_sync(sync: &[Sync]) {
    println!("\nTwo replicas of one state brought together by `crdt-merge sync`:\n");
    let header = ["state", "entries", "they differ in", "bytes sent", "rounds", "both states", "one id after it"];
    let mut cells = vec![header.map(str::to_owned).to_vec()];
    cells.extend(sync.iter().map(Sync::columns));
    let sides = [Side::Left, Side::Right, Side::Right, Side::Right, Side::Right, Side::Right, Side::Left];
    table::lines(&sides, &cells).iter().for_each(|line| println!("{line}"));
}

/// A number for every deviation in use, in the order in which they appear.
fn notes(rows: &[Row]) -> BTreeMap<&str, usize> {
    let mut notes = BTreeMap::new();
    for id in rows.iter().flat_map(|row| &row.deviations) {
        let next = notes.len() + 1;
        notes.entry(id.as_str()).or_insert(next);
    }
    notes
}

fn lines(rows: &[Row], notes: &BTreeMap<&str, usize>) -> Vec<String> {
    let header = ["tag", "type", "bytes in", "merged here", "equal when read back there", "laws checked"];
    let mut cells = vec![header.map(str::to_owned).to_vec()];
    cells.extend(rows.iter().map(|row| columns(row, notes)));
    table::lines(&[Side::Left, Side::Left, Side::Right, Side::Right, Side::Left, Side::Left], &cells)
}

fn columns(row: &Row, notes: &BTreeMap<&str, usize>) -> Vec<String> {
    let [a, b] = row.bytes_in;
    let merged = if row.laws.is_none() { "relay".to_owned() } else { bytes(row.bytes_merged) };
    let laws = match row.laws {
        Some(true) => "✓ commutative, associative, idempotent",
        Some(false) => "✗",
        None => "–",
    };
    let tag = format!("{:#04x}", row.tag);
    vec![tag, row.kind.clone(), format!("{a} + {b}"), merged, equality(row, notes), laws.to_owned()]
}

fn bytes(size: Option<u64>) -> String {
    size.map_or_else(|| "✗".to_owned(), |bytes| format!("{bytes} bytes"))
}

/// Whether the reading was equal, and to what.
fn equality(row: &Row, notes: &BTreeMap<&str, usize>) -> String {
    if !row.equal {
        return "✗".to_owned();
    }
    if row.laws.is_none() {
        return "✓ to what was written".to_owned();
    }
    if row.deviations.is_empty() {
        return "✓ to its own merge".to_owned();
    }
    let numbers: Vec<String> =
        row.deviations.iter().filter_map(|id| notes.get(id.as_str())).map(usize::to_string).collect();
    format!("✓ to the lawful merge [{}]", numbers.join(", "))
}

fn print_notes(notes: &BTreeMap<&str, usize>, reasons: &BTreeMap<String, Deviation>) {
    let mut ordered: Vec<(&usize, &&str)> = notes.iter().map(|(id, number)| (number, id)).collect();
    ordered.sort();
    if !ordered.is_empty() {
        println!("\nWhere the reference's own merge is not lawful (spec/deviations.md):");
    }
    for (number, id) in ordered {
        match reasons.get(*id) {
            Some(entry) => println!("[{number}] {}: {}", entry.spec.join(", "), entry.reason),
            None => println!("[{number}] {id} is not in the list of deviations"),
        }
    }
}
