//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use crdt_merge::frames::{DecodeOptions, Limits};

/// Looks at, merges, converts, compares and checks frames of the crdt-merge protocol, versions 1 and 2.
///
/// Every FILE holds one frame, several frames one after another, or a batch; `-` is standard input.
#[derive(Parser)]
#[command(name = "crdt-merge", version, after_long_help = EXIT_CODES, after_help = "`--help` also lists the exit codes.")]
pub struct Arguments {
    /// What all commands share.
    #[command(flatten)]
    pub common: Common,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0   done; states are equal, laws hold
  1   the states differ (diff), a law is broken (verify)
  2   the command line makes no sense
  3   an input is not well-formed or passes a limit
  4   the states cannot be merged or compared, or version 1 cannot hold the result
  5   reading or writing failed
  70  a fault of this program";

/// What all commands share.
#[derive(Args)]
pub struct Common {
    /// Print JSON, one object per line: results on standard output, errors on standard error.
    #[arg(long, global = true)]
    pub json: bool,
    /// Read what the Python reference reads: bytes after a frame, reserved flags and text cut short pass.
    #[arg(long, global = true)]
    pub lenient: bool,
    /// Most bytes that the compressed frames of one input may inflate to: 4096, 64KiB, 1GiB [default: 256MiB].
    #[arg(long, global = true, value_name = "SIZE", value_parser = parse_size)]
    pub limit_inflated: Option<usize>,
    /// Most containers that may be open inside each other, 1 to 512 [default: 128].
    #[arg(long, global = true, value_name = "LEVELS", value_parser = clap::value_parser!(u16).range(1..=512))]
    pub max_depth: Option<u16>,
    /// Whether text is coloured. `auto` colours on terminals unless NO_COLOR is set.
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    pub color: Color,
}

impl Common {
    /// How frames are read.
    pub fn decoding(&self) -> DecodeOptions {
        let mode = if self.lenient { DecodeOptions::lenient() } else { DecodeOptions::strict() };
        let defaults = Limits::default();
        let limits = defaults
            .with_inflated_bytes(self.limit_inflated.unwrap_or(defaults.inflated_bytes()))
            .with_depth(self.max_depth.map_or(defaults.depth(), usize::from));
        mode.with_limits(limits)
    }
}

/// When text is coloured.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On terminals, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What to do.
#[derive(Subcommand)]
pub enum Command {
    /// Show header and contents of frames.
    Inspect(Inspect),
    /// Join states of one kind into one frame.
    Merge(Merge),
    /// Write frames in another form: canonical, compressed, as a batch, as JSON.
    Convert(Convert),
    /// Print the id of each state: 64 hexadecimal digits that equal states share, however they came about.
    Id(Id),
    /// Bring two state files up to date with each other, sending only what differs.
    Sync(Sync),
    /// Tell where two states of one kind differ.
    Diff(Diff),
    /// Check that merging the given states is commutative, associative, idempotent and monotone.
    Verify(Verify),
    /// Tell what error codes mean and what can be done; without a code, list them all.
    Explain(Explain),
    /// Print a completion script for a shell.
    Completions(Completions),
}

/// Arguments of `explain`.
#[derive(Args)]
pub struct Explain {
    /// Codes, as errors name them.
    #[arg(value_name = "CODE")]
    pub codes: Vec<String>,
}

/// Arguments of `inspect`.
#[derive(Args)]
pub struct Inspect {
    /// Files with frames.
    #[arg(required = true, value_name = "FILE")]
    pub inputs: Vec<PathBuf>,
    /// Show only what headers say, and look at nothing else.
    #[arg(long)]
    pub header: bool,
    /// Show long text, bytes and lists to their end.
    #[arg(long)]
    pub full: bool,
}

/// Arguments of `merge`.
#[derive(Args)]
pub struct Merge {
    /// Files with frames of one kind.
    #[arg(required = true, value_name = "FILE")]
    pub inputs: Vec<PathBuf>,
    /// Where the frame goes; it appears whole or not at all.
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    pub output: PathBuf,
    /// Compress the frame if that makes it smaller.
    #[arg(long)]
    pub compress: bool,
    #[command(flatten)]
    pub version: Version,
    /// Print no report.
    #[arg(short, long)]
    pub quiet: bool,
}

/// Arguments of `convert`.
#[derive(Args)]
pub struct Convert {
    /// Files with frames, or with what `--from` says.
    #[arg(required = true, value_name = "FILE")]
    pub inputs: Vec<PathBuf>,
    /// What the inputs hold.
    #[arg(long, value_enum, value_name = "FORM", default_value_t = Source::Frames)]
    pub from: Source,
    /// Where the result goes; it appears whole or not at all.
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    pub output: PathBuf,
    /// The form of the result.
    #[arg(long, value_enum, value_name = "FORM", default_value_t = Form::Same)]
    pub to: Form,
    /// Leave the trailer out of version-2 frames.
    #[arg(long)]
    pub no_trailer: bool,
    #[command(flatten)]
    pub spelling: Spelling,
    /// Compress payloads that get smaller by it.
    #[arg(long, conflicts_with = "decompress")]
    pub compress: bool,
    /// Inflate payloads. Only `--exact` and `--respell` need it: canonical frames are not compressed.
    #[arg(long)]
    pub decompress: bool,
    /// Write one batch instead of frames one after another.
    #[arg(long, conflicts_with = "split")]
    pub batch: bool,
    /// Write every frame to a file of its own in this folder: 00000.crdt, 00001.crdt, ….
    #[arg(long, value_name = "FOLDER", conflicts_with = "output")]
    pub split: Option<PathBuf>,
}

/// How much of the given bytes a conversion keeps.
#[derive(Args)]
#[group(multiple = false)]
pub struct Spelling {
    /// Write the canonical frame of the state, which equal states share. The default.
    #[arg(long)]
    pub canonical: bool,
    /// Keep members and their order, and spell them anew; MessagePack becomes JSON.
    #[arg(long)]
    pub respell: bool,
    /// Keep every byte of the payload.
    #[arg(long)]
    pub exact: bool,
}

/// Forms that `convert` reads.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Source {
    /// Frames of either version.
    #[value(alias = "v1", alias = "v2")]
    Frames,
    /// What `--to json` writes: one JSON object per line.
    Json,
}

/// In which version a frame is written.
#[derive(Args)]
pub struct Version {
    /// The version of the result [default: the latest among the inputs].
    #[arg(long, value_enum, value_name = "VERSION")]
    pub to: Option<WireVersion>,
    /// Leave the trailer out of a version-2 frame.
    #[arg(long)]
    pub no_trailer: bool,
}

/// Versions of the wire.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum WireVersion {
    /// What the Python package reads.
    V1,
    /// Canonical bodies, with a trailer that finds accidents.
    V2,
}

/// Forms that `convert` writes.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// Frames of the version they came in.
    Same,
    /// Frames of version 1.
    V1,
    /// Frames of version 2.
    V2,
    /// One JSON object per frame with type and payload; kinds of values are told apart, nothing is lost.
    Json,
    /// The payload of each frame as ordinary JSON on one line. Bytes and sets become text, and NaN and the infinities literals.
    PlainJson,
}

/// Arguments of `id`.
#[derive(Args)]
pub struct Id {
    /// Files with frames.
    #[arg(required = true, value_name = "FILE")]
    pub inputs: Vec<PathBuf>,
}

/// Arguments of `sync`.
#[derive(Args)]
pub struct Sync {
    /// A file with one state; it is replaced by the joined state.
    #[arg(value_name = "HERE")]
    pub here: PathBuf,
    /// A file with one state of the same kind; it is replaced by the joined state.
    #[arg(value_name = "THERE")]
    pub there: PathBuf,
    /// Show what would be sent, and leave the files as they are.
    #[arg(long)]
    pub dry_run: bool,
    /// Most bytes of one message, at least 4KiB [default: 1MiB].
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub max_message: Option<usize>,
}

/// Arguments of `diff`.
#[derive(Args)]
pub struct Diff {
    /// A file with one frame.
    #[arg(value_name = "LEFT")]
    pub left: PathBuf,
    /// A file with one frame of the same kind.
    #[arg(value_name = "RIGHT")]
    pub right: PathBuf,
}

/// Arguments of `verify`.
#[derive(Args)]
pub struct Verify {
    /// Files with frames of mergeable kinds. Each kind is checked for itself.
    #[arg(required = true, value_name = "FILE")]
    pub inputs: Vec<PathBuf>,
    /// Most trials per law. All pairs and triples are tried as far as they are not more; else this many are drawn.
    #[arg(long, value_name = "COUNT", default_value_t = crdt_merge::laws::LawOptions::DEFAULT_TRIALS,
        value_parser = clap::value_parser!(u64).range(1..))]
    pub trials: u64,
    /// Where drawing starts. The same seed draws the same trials.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub seed: u64,
}

/// Arguments of `completions`.
#[derive(Args)]
pub struct Completions {
    /// The shell.
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// A number of bytes with an optional unit.
fn parse_size(text: &str) -> Result<usize, String> {
    const UNITS: [(&str, usize); 3] = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)];
    let unit = UNITS.iter().find_map(|(name, bytes)| Some((text.strip_suffix(name)?, *bytes)));
    let (digits, bytes) = unit.unwrap_or((text, 1));
    let count: usize = digits.trim_end().parse().map_err(|_| "expected a number of bytes such as 4096 or 64MiB")?;
    count.checked_mul(bytes).ok_or_else(|| "more bytes than this machine can count".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn sizes_have_units() {
        assert_eq!(parse_size("4096"), Ok(4096));
        assert_eq!(parse_size("64KiB"), Ok(65_536));
        assert_eq!(parse_size("2 MiB"), Ok(2 << 20));
        for text in ["", "x", "-1", "1.5MiB", "KiB", "99999999999GiB"] {
            assert!(parse_size(text).is_err(), "{text}");
        }
    }
}
