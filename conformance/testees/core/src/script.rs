//! Sequences of operations on handles.

use crdt_merge_facade::{Code, Datum, Error, Result, close, invoke, operation_number};

/// What a script is made of when it ends, however it ends.
#[derive(Default)]
struct Run {
    results: Vec<Datum>,
    /// Where handles are let go of: results of operations that open something.
    opened: Vec<i64>,
}

impl Drop for Run {
    fn drop(&mut self) {
        self.opened.iter().for_each(|handle| {
            close(*handle);
        });
    }
}

/// Runs the steps and gives the results that are shown.
pub fn run(input: &Datum) -> Result<Datum> {
    let (Some(Datum::List(steps)), Some(Datum::List(show))) = (input.field("steps"), input.field("show")) else {
        return Err(bad("a script has steps and says what is shown"));
    };
    let mut run = Run::default();
    steps.iter().try_for_each(|step| run.take(step))?;
    let shown = show.iter().map(|place| run.result(place).cloned());
    Ok(Datum::List(shown.collect::<Result<_>>()?))
}

impl Run {
    fn take(&mut self, step: &Datum) -> Result<()> {
        let Datum::List(parts) = step else { return Err(bad("a step is a list")) };
        let (Some(name), Some(input)) = (parts.first().and_then(Datum::as_text), parts.get(1)) else {
            return Err(bad("a step is an operation and its argument"));
        };
        let number = operation_number(name).ok_or_else(|| bad("no operation has this name"))?;
        let result = match invoke(number, &self.resolved(input)?) {
            Err(error) if parts.get(2) == Some(&Datum::Bool(true)) => {
                Datum::map([("error", Datum::text(error.code().as_str()))])
            }
            result => result?,
        };
        self.note(name, &result);
        self.results.push(result);
        Ok(())
    }

    /// Notes what has to be let go of.
    fn note(&mut self, name: &str, result: &Datum) {
        let opens = name.ends_with("_new") || name.ends_with("_job");
        let handle = match result {
            Datum::Int(handle) if opens || ["state_decode", "state_copy"].contains(&name) => Some(*handle),
            record => ["replica", "state"].iter().find_map(|member| match record.field(member) {
                Some(Datum::Int(handle)) => Some(*handle),
                _ => None,
            }),
        };
        self.opened.extend(handle);
    }

    fn result(&self, place: &Datum) -> Result<&Datum> {
        let place = match place {
            Datum::Int(place) => usize::try_from(*place).ok(),
            _ => None,
        };
        place.and_then(|place| self.results.get(place)).ok_or_else(|| bad("no such step"))
    }

    /// An argument with what stands for earlier results replaced by these.
    fn resolved(&self, input: &Datum) -> Result<Datum> {
        if let Some(place) = input.field("$") {
            let path = match input.field("field") {
                None => &[],
                Some(Datum::List(path)) => path.as_slice(),
                Some(name) => std::slice::from_ref(name),
            };
            return path.iter().try_fold(self.result(place)?, inside).cloned();
        }
        Ok(match input {
            Datum::List(items) => Datum::List(items.iter().map(|item| self.resolved(item)).collect::<Result<_>>()?),
            Datum::Map(pairs) => {
                let pair = |(key, value): &(Datum, Datum)| Ok((key.clone(), self.resolved(value)?));
                Datum::Map(pairs.iter().map(pair).collect::<Result<_>>()?)
            }
            other => other.clone(),
        })
    }
}

/// The member of a record, or the item of a list.
fn inside<'a>(whole: &'a Datum, part: &Datum) -> Result<&'a Datum> {
    let found = match (whole, part) {
        (Datum::List(items), Datum::Int(place)) => usize::try_from(*place).ok().and_then(|place| items.get(place)),
        (record, Datum::Text(name)) => record.field(name),
        _ => None,
    };
    found.ok_or_else(|| bad("the result has no such part"))
}

fn bad(message: &'static str) -> Error {
    Error::new(Code::BadArgument, message)
}
