//! `crdt-merge explain`: what an error code means and what can be done about it.

use crdt_merge::{Code, Error};

use crate::Outcome;
use crate::args::{Common, Explain};
use crate::failure::{Exit, Failure};
use crate::json::{line, object};
use crate::output;

pub fn run(arguments: &Explain, options: &Common) -> Outcome {
    if arguments.codes.is_empty() {
        Code::ALL.iter().try_for_each(|code| output::print(&listed(*code, options)))?;
        return Ok(Exit::Success);
    }
    let codes = arguments.codes.iter().map(|name| known(name)).collect::<Result<Vec<_>, Failure>>()?;
    codes.into_iter().try_for_each(|code| output::print(&explained(code, options)))?;
    Ok(Exit::Success)
}

/// The code of that name, in any case and with hyphens or underscores.
fn known(name: &str) -> Result<Code, Failure> {
    let spelt = name.to_uppercase().replace('-', "_");
    let found = Code::ALL.iter().find(|code| code.as_str() == spelt);
    let unknown = || Error::new(Code::BadArgument, "no error has this code; `crdt-merge explain` lists them all");
    found.copied().ok_or_else(|| unknown().with("found", name).into())
}

fn listed(code: Code, options: &Common) -> String {
    if options.json { explained(code, options) } else { format!("{:<30} {}\n", code.as_str(), code.meaning()) }
}

fn explained(code: Code, options: &Common) -> String {
    if options.json {
        return line(&object([
            ("code", code.as_str().into()),
            ("family", code.family().name().into()),
            ("meaning", code.meaning().into()),
            ("remedy", code.remedy().into()),
        ]));
    }
    format!("{} ({})\n  {}\n  {}\n", code.as_str(), code.family().name(), code.meaning(), code.remedy())
}
