//! `protattn data convert`: data sets as protattn's own records.

use anyhow::Result;
use protattn_io::Selection;

use super::{Reading, Set, Writer};
use crate::args::ConvertArgs;
use crate::data;
use crate::terminal::ending::{Outcome, tell};

/// Runs the command. One data set goes through record by record; several are joined in memory.
pub(crate) fn run(args: &ConvertArgs) -> Result<Outcome> {
    let reading = Reading::new(&args.read)?;
    let mut writer = Writer::create(&args.output)?;
    let (written, skipped) = if let [name] = args.data.as_slice() {
        let mut set = Set::open(name, &reading)?;
        let mut written = 0;
        for protein in set.by_ref().take(args.limit.unwrap_or(usize::MAX)) {
            writer.write(&protein)?;
            written += 1;
        }
        data::tell_warnings(&set.take_warnings(), data::INSPECT);
        // Behind a limit there may be proteins of any id.
        if args.limit.is_none() {
            data::tell_warnings(&reading.unmatched(), data::INSPECT);
        }
        (written, set.skipped)
    } else {
        let selection = args.limit.map_or(Selection::All, Selection::First);
        let data = data::read(&args.data, &reading, &selection)?;
        for protein in &data.proteins {
            writer.write(protein)?;
        }
        data::tell_warnings(&data.warnings, data::INSPECT);
        (data.proteins.len(), data.skipped)
    };
    data::require_some(written, &args.data, &skipped)?;
    writer.finish()?;
    tell(&format!("{}: {written} records", args.output.display()));
    Ok(data::outcome(&skipped, args.strict))
}
