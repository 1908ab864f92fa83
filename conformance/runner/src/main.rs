//! The program `crdt-conform`.

#![forbid(unsafe_code)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use crdt_conform::case::Case;
use crdt_conform::corpus::{Corpus, matches, write_file};
use crdt_conform::json::Json;
use crdt_conform::roll::{self, Roll, Stream};
use crdt_conform::run::{Plan, Report};
use crdt_conform::spec::Registry;
use crdt_conform::testee::Config;
use crdt_conform::value::Value;
use crdt_conform::{author, bundle, coverage, docs, generate, import, lint, matrix, run};

/// Runs the conformance corpus against testees and judges their answers.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Folder that holds `conformance` and `spec`; found from the current folder upwards when left out.
    #[arg(long, global = true)]
    root: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Add an empty case to a topic and print its id.
    New {
        /// area/topic
        place: String,
        /// What the case is about.
        note: String,
        /// The operation it asks for.
        #[arg(long, default_value = "echo")]
        op: String,
    },
    /// Fill expectations from testees that share no code and agree.
    Bless {
        /// Ids of cases; `*` stands for anything. Cases that have an expectation keep it.
        pattern: String,
        /// A testee; at least two.
        #[arg(long = "from", default_values = ["core", "second"])]
        from: Vec<String>,
    },
    /// Check the corpus without asking anybody.
    Lint {
        /// Put new `must` cases on the list of cases that have to run.
        #[arg(long)]
        update_list: bool,
        /// Write every topic in the form the tool writes.
        #[arg(long)]
        format: bool,
    },
    /// Ask testees and judge their answers. The last line of the output counts.
    Run {
        /// Another folder of cases; coverage and the list are asked of our own corpus only.
        #[arg(long)]
        vectors: Option<PathBuf>,
        /// Name of a file in conformance/testees; all default ones when left out.
        #[arg(long)]
        testee: Vec<String>,
        /// Only cases whose id matches; `*` stands for anything.
        #[arg(long)]
        only: Vec<String>,
        /// Write the report as JSON to this file.
        #[arg(long)]
        report: Option<PathBuf>,
        /// Print the report as JSON before the closing lines.
        #[arg(long)]
        json: bool,
    },
    /// Ask testees the same long stream of drawn questions; all must come to one hash.
    Roll {
        /// Name of a file in conformance/testees; the others are compared with the first one.
        #[arg(long, required = true)]
        testee: Vec<String>,
        /// How many questions.
        #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1..=100_000_000))]
        count: u32,
        /// Where the stream starts.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Let testees write in states of every kind and exchange them; all must come to one id. Prints a table.
    Matrix {
        /// Name of a file in conformance/testees.
        #[arg(long, required = true)]
        testee: Vec<String>,
        /// A JSON object for each kind instead of the table.
        #[arg(long)]
        json: bool,
    },
    /// Write the requests of all cases to a file, for devices.
    Bundle {
        /// Where the requests go.
        #[arg(long)]
        out: PathBuf,
        /// Only cases whose id matches.
        #[arg(long)]
        only: Vec<String>,
    },
    /// Judge the answers to a bundle.
    Judge {
        /// The answers, one per line.
        answers: PathBuf,
        /// Name of the testee in the report.
        #[arg(long, default_value = "bundle")]
        name: String,
        /// Only cases whose id matches, as given to `bundle`.
        #[arg(long)]
        only: Vec<String>,
        /// Write the report as JSON to this file.
        #[arg(long)]
        report: Option<PathBuf>,
    },
    /// Show a report in another form.
    Report {
        /// A report written by `run` or `judge`.
        file: PathBuf,
        /// The form.
        #[arg(long, value_enum, default_value = "terminal")]
        format: Format,
    },
    /// Write the topics that are made rather than written; expectations of unchanged questions stay.
    Generate,
    /// Turn recorded vectors into corpus topics.
    #[command(hide = true)]
    Import {
        /// The notation: wire or sync.
        notation: String,
        /// Folder of vector files.
        from: PathBuf,
        /// Folder the topics are written to.
        to: PathBuf,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Terminal,
    Markdown,
    Junit,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match execute(arguments) {
        Ok(good) => ExitCode::from(u8::from(!good)),
        Err(fault) => {
            eprintln!("crdt-conform: {fault}");
            ExitCode::from(2)
        }
    }
}

/// The folders the runner works with.
struct Places {
    root: PathBuf,
}

impl Places {
    fn find(given: Option<PathBuf>) -> Result<Places, String> {
        if let Some(root) = given {
            return Ok(Places { root });
        }
        let here = std::env::current_dir().map_err(|error| error.to_string())?;
        let found = here.ancestors().find(|folder| folder.join("conformance").is_dir() && folder.join("spec").is_dir());
        found.map(|root| Places { root: root.into() }).ok_or_else(|| "no conformance folder here; give --root".into())
    }

    fn vectors(&self) -> PathBuf {
        self.root.join("conformance/vectors")
    }

    fn testees(&self) -> PathBuf {
        self.root.join("conformance/testees")
    }

    fn lists(&self) -> PathBuf {
        self.root.join("conformance/lists")
    }

    fn registry(&self) -> Result<Registry, String> {
        Registry::load(&self.root.join("spec"))
    }
}

fn execute(arguments: Arguments) -> Result<bool, String> {
    if let Command::Import { notation, from, to } = &arguments.command {
        return import_vectors(notation, from, to);
    }
    if let Command::Report { file, format } = &arguments.command {
        return show(file, *format);
    }
    let places = Places::find(arguments.root)?;
    match arguments.command {
        Command::New { place, note, op } => {
            println!("{}", author::new_case(&places.vectors(), &place, &note, &op)?);
            Ok(true)
        }
        Command::Bless { pattern, from } => bless(&places, &pattern, &from),
        Command::Lint { update_list, format } => check(&places, update_list, format),
        Command::Run { vectors, testee, only, report, json } => {
            let asked = Asked { vectors, testees: testee, only };
            finish(&ask(&places, &asked)?, report.as_deref(), json)
        }
        Command::Roll { testee, count, seed } => roll_all(&places, &testee, count as usize, seed),
        Command::Matrix { testee, json } => show_matrix(&places, &testee, json),
        Command::Bundle { out, only } => {
            let corpus = load(&places.vectors())?;
            write_file(&out, &bundle::requests(&select(&corpus, &only)))?;
            Ok(true)
        }
        Command::Judge { answers, name, only, report } => {
            let corpus = load(&places.vectors())?;
            let content = fs::read_to_string(&answers).map_err(|error| format!("{}: {error}", answers.display()))?;
            let judged = bundle::judge_answers(&name, &select(&corpus, &only), &content);
            finish(&Report { testees: vec![judged], ..Report::default() }, report.as_deref(), false)
        }
        Command::Generate => generate(&places),
        Command::Import { .. } | Command::Report { .. } => Ok(true),
    }
}

/// Prints the hash of each testee, and where one parts from the first.
fn roll_all(places: &Places, names: &[String], count: usize, seed: u64) -> Result<bool, String> {
    let corpus = load(&places.vectors())?;
    let roll = |name: &String| {
        let config = Config::load(&places.testees(), name)?;
        Ok(roll::roll(config, &places.root, Stream::new(seed, &corpus), count))
    };
    let rolls: Vec<Roll> = names.iter().map(roll).collect::<Result<_, String>>()?;
    let (first, others) = rolls.split_first().ok_or("nobody was asked")?;
    for roll in &rolls {
        println!("{:<14} {}", roll.name, roll.digest.as_deref().unwrap_or_else(|fault| fault));
    }
    let agrees = |other: &&Roll| other.digest.is_ok() && other.digest == first.digest;
    for other in others.iter().filter(|other| !agrees(other)) {
        let place = roll::parting(first, other).map_or("nowhere".to_owned(), |place| format!("at question {place}"));
        println!("{} parts from {} {place}", other.name, first.name);
    }
    let passed = others.iter().filter(agrees).count() + usize::from(first.digest.is_ok());
    println!("{passed} passed, {} failed", rolls.len() - passed);
    Ok(passed == rolls.len())
}

/// Prints the id that each testee came to, kind by kind.
fn show_matrix(places: &Places, names: &[String], as_json: bool) -> Result<bool, String> {
    let configs = names.iter().map(|name| Config::load(&places.testees(), name)).collect::<Result<_, _>>()?;
    if !as_json {
        println!("{}", matrix::head(names));
    }
    let kinds = places.registry()?.states;
    let rows = matrix::rows(&kinds, configs, &places.root, |row| match as_json {
        true => println!("{}", row.to_json(names).to_line()),
        false => println!("{}", row.to_text()),
    })?;
    for row in &rows {
        row.faults(names).for_each(|fault| eprintln!("{fault}"));
    }
    let passed = rows.iter().filter(|row| row.is_one()).count();
    if !as_json {
        println!("{passed} passed, {} failed", rows.len() - passed);
    }
    Ok(passed == rows.len())
}

fn import_vectors(notation: &str, from: &Path, to: &Path) -> Result<bool, String> {
    let summary = match notation {
        "wire" => import::wire(from, to)?,
        "sync" => import::sync(from, to)?,
        _ => return Err(format!("nobody knows the notation {notation:?}")),
    };
    for reason in &summary.left_out {
        println!("left out: {reason}");
    }
    for doubt in &summary.doubts {
        println!("doubted: {doubt}");
    }
    let (left_out, doubts) = (summary.left_out.len(), summary.doubts.len());
    println!("{} entries, {} cases, {left_out} parts left out, {doubts} doubts", summary.entries, summary.cases);
    Ok(true)
}

fn generate(places: &Places) -> Result<bool, String> {
    let corpus = Corpus::load(&places.vectors())?;
    let topics = generate::topics(&generate::Sources { spec: &places.root.join("spec"), corpus: &corpus })?;
    for topic in &topics {
        topic.save(&places.vectors())?;
        let open = topic.cases.iter().filter(|case| case.expect.is_none()).count();
        println!("{}: {} cases, {open} to be blessed", topic.path().display(), topic.cases.len());
    }
    Ok(true)
}

fn show(file: &Path, format: Format) -> Result<bool, String> {
    let content = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let json = Json::parse(&content).map_err(|error| format!("{}: {error}", file.display()))?;
    let report = Report::from_json(&json)?;
    match format {
        Format::Terminal => print!("{}", report.terminal()),
        Format::Markdown => print!("{}", report.markdown()),
        Format::Junit => print!("{}", report.junit()),
    }
    Ok(true)
}

fn bless(places: &Places, pattern: &str, from: &[String]) -> Result<bool, String> {
    let configs = from.iter().map(|name| Config::load(&places.testees(), name)).collect::<Result<_, _>>()?;
    let blessing = author::bless(&places.vectors(), pattern, configs, &places.root)?;
    blessing.refused.iter().for_each(|fault| println!("{fault}"));
    println!("{} blessed, {} not", blessing.filled.len(), blessing.refused.len());
    Ok(blessing.refused.is_empty())
}

fn check(places: &Places, update: bool, format: bool) -> Result<bool, String> {
    let registry = places.registry()?;
    let corpus = Corpus::load(&places.vectors())?;
    let protocol = places.root.join("conformance/PROTOCOL.md");
    let written = fs::read_to_string(&protocol).map_err(|error| format!("{}: {error}", protocol.display()))?;
    let current = docs::with_operations(&written, &places.root.join("spec"))?;
    if format {
        corpus.topics.iter().try_for_each(|topic| topic.save(&places.vectors()))?;
        write_file(&protocol, &current)?;
    }
    if update {
        println!("{} ids added", lint::update_lists(&places.lists(), &corpus)?);
    }
    let mut faults = lint::lint(&corpus, &places.vectors(), &registry);
    if !format && written != current {
        faults.push("PROTOCOL.md: the operations are not those of the specification (lint --format)".into());
    }
    faults.extend(lint::check_lists(&corpus, &places.lists())?);
    faults.extend(coverage::uncovered(&corpus.cases().collect::<Vec<_>>(), &registry));
    faults.iter().for_each(|fault| println!("{fault}"));
    println!("{} cases, {} faults", corpus.cases().count(), faults.len());
    Ok(faults.is_empty())
}

/// What `run` was asked for.
struct Asked {
    vectors: Option<PathBuf>,
    testees: Vec<String>,
    only: Vec<String>,
}

/// Reads a corpus and puts the bytes of blobs into the arguments.
fn load(folder: &Path) -> Result<Corpus, String> {
    let mut corpus = Corpus::load(folder)?;
    let blobs = corpus.clone();
    for case in corpus.topics.iter_mut().flat_map(|topic| &mut topic.cases) {
        fill(&mut case.input, &blobs)?;
    }
    Ok(corpus)
}

fn fill(value: &mut Value, blobs: &Corpus) -> Result<(), String> {
    match value {
        Value::Blob(digest) => *value = Value::Bytes(blobs.blob(digest)?),
        Value::List(items) | Value::Set(items) | Value::Tuple(items) => {
            items.iter_mut().try_for_each(|item| fill(item, blobs))?;
        }
        Value::Map(pairs) => pairs.iter_mut().try_for_each(|(_, item)| fill(item, blobs))?,
        _ => {}
    }
    Ok(())
}

fn select<'a>(corpus: &'a Corpus, only: &[String]) -> Vec<&'a Case> {
    corpus.cases().filter(|case| only.is_empty() || only.iter().any(|glob| matches(glob, &case.id))).collect()
}

fn ask(places: &Places, asked: &Asked) -> Result<Report, String> {
    let own_corpus = asked.vectors.as_ref().is_none_or(|folder| same_folder(folder, &places.vectors()));
    let whole = own_corpus && asked.only.is_empty();
    let corpus = load(asked.vectors.as_deref().unwrap_or(&places.vectors()))?;
    let cases = select(&corpus, &asked.only);
    let uncovered = match whole {
        true => coverage::uncovered(&cases, &places.registry()?),
        false => Vec::new(),
    };
    let required = if whole { lint::read_lists(&places.lists())? } else { BTreeSet::new() };
    let plan = Plan { cases, required, whole, own_corpus, root: &places.root };
    let names = if asked.testees.is_empty() { default_testees(places)? } else { asked.testees.clone() };
    let configs: Vec<Config> =
        names.iter().map(|name| Config::load(&places.testees(), name)).collect::<Result<_, _>>()?;
    let testees = configs.into_iter().map(|config| run::run(config, &plan)).collect();
    Ok(Report { testees, uncovered, complete: whole })
}

fn same_folder(a: &Path, b: &Path) -> bool {
    matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

/// Testees whose file says `default = true`.
fn default_testees(places: &Places) -> Result<Vec<String>, String> {
    let mut names = Vec::new();
    let folder = places.testees();
    for entry in fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))? {
        let path = entry.map_err(|error| error.to_string())?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let content = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            let table: toml::Table = content.parse().map_err(|error| format!("{}: {error}", path.display()))?;
            if table.get("default").and_then(toml::Value::as_bool) == Some(true) {
                names.push(path.file_stem().unwrap_or_default().to_string_lossy().into_owned());
            }
        }
    }
    names.sort();
    Ok(names)
}

fn finish(report: &Report, file: Option<&Path>, json: bool) -> Result<bool, String> {
    let line = report.to_json().to_line();
    if let Some(file) = file {
        write_file(file, &(line.clone() + "\n"))?;
    }
    if json {
        println!("{line}");
    }
    print!("{}", report.terminal());
    Ok(report.failed() == 0)
}
