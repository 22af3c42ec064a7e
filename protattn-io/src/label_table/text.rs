//! Tables as text.

use std::io::BufRead;
use std::path::Path;

use super::LabelTable;
use super::rows::{self, Columns, Row};
use crate::Error;
use crate::compressed::Input;
use crate::delimited::Header;
use crate::limits::raised_size;
use crate::records::lines::Lines;

/// Rows are short.
const MAX_LINE: usize = 1 << 16;

pub(super) fn read(path: &Path) -> Result<LabelTable, Error> {
    read_from(Input::open(path)?, path)
}

fn read_from(input: impl BufRead, path: &Path) -> Result<LabelTable, Error> {
    let mut lines = Lines::new(input, raised_size(MAX_LINE));
    let mut table = LabelTable::new(path, "line");
    let mut header: Option<(Header, Columns)> = None;
    loop {
        let number = lines.number() + 1;
        let line = lines.next().map_err(Error::io(path))?;
        let Some(line) = line else { break };
        let line = line
            .text()
            .map_err(|message| table.wrong(number, message))?;
        if line.trim().is_empty() {
            continue;
        }
        let Some((header, columns)) = &header else {
            let found = Header::parse(line).and_then(|header| {
                let columns = Columns::find(header.names())?;
                Ok((header, columns))
            });
            header = Some(found.map_err(|message| table.wrong(number, message))?);
            continue;
        };
        let fields = header.split(line);
        let fields = fields.map_err(|message| table.wrong(number, message))?;
        let row = Row {
            id: fields[columns.id].trim(),
            place: fields[columns.place].trim(),
            label: fields[columns.label].trim(),
            value: columns.value.map(|value| fields[value].trim()),
        };
        rows::add(&mut table, columns.by, &row, number)?;
    }
    rows::finish(table)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::{Protein, ResidueNumber, Track};

    fn table(text: &str) -> Result<LabelTable, String> {
        read_from(text.as_bytes(), Path::new("t")).map_err(|error| error.to_string())
    }

    fn protein() -> Protein {
        let mut protein = Protein::new("p", "ACDE").unwrap();
        let numbers = ["7", "7A", "7", "-1"].map(|n| n.parse::<ResidueNumber>().unwrap());
        protein.set_numbering(numbers.to_vec()).unwrap();
        protein
    }

    /// The flags of a label as signs: 1, 0 and ? for undefined.
    fn flags(text: &str, label: &str) -> String {
        let mut protein = protein();
        table(text).unwrap().apply(&mut protein).unwrap();
        let Some(Track::Flags(flags)) = protein.track(label) else {
            panic!("no flags {label}: {protein:?}")
        };
        let sign = |flag: &Option<bool>| flag.map_or('?', |yes| if yes { '1' } else { '0' });
        flags.iter().map(sign).collect()
    }

    #[test]
    fn without_values_the_others_of_a_listed_protein_have_not_the_label() {
        let text = "id\tposition\tlabel\np\t2\ta\np\t4\ta\np\t2\ta\np\t\tb\nq\t1\tc\n";
        assert_eq!(flags(text, "a"), "0101");
        assert_eq!(flags(text, "b"), "0000");
        let mut protein = protein();
        let table = table(text).unwrap();
        assert_eq!(table.apply(&mut protein), Ok(2));
        assert_eq!(protein.track("c"), None);
        assert_eq!(table.labels().collect::<Vec<_>>(), ["a", "b", "c"]);
        assert_eq!((table.len(), table.unmatched()), (2, vec!["q"]));
    }

    #[test]
    fn with_values_what_is_not_listed_is_undefined() {
        let text = "ID,Value,Label,Position\np,yes,a,1\np,No,a,2\np,,a,4\n\np,1,b,3\np,false,b,\n";
        assert_eq!(flags(text, "a"), "10??");
        assert_eq!(flags(text, "b"), "0010");
    }

    #[test]
    fn other_words_are_classes() {
        let text = "id,position,label,value\np,1,a,true\np,2,a,\"on, off\"\np,,a,0\np,4,a,\n";
        let mut protein = protein();
        table(text).unwrap().apply(&mut protein).unwrap();
        let classes = [Some("true"), Some("on, off"), Some("0"), None];
        let classes = classes.map(|class| class.map(str::to_owned)).to_vec();
        assert_eq!(protein.track("a"), Some(&Track::Classes(classes)));
    }

    #[test]
    fn an_author_number_is_of_all_residues_that_have_it() {
        assert_eq!(flags("id,number,label\np,7,a\np,-1,a\n", "a"), "1011");
        assert_eq!(flags("id,number,label\np,7A,a\n", "a"), "0100");
    }

    #[test]
    fn a_residue_that_is_not_there_is_named_and_the_protein_is_left_alone() {
        let message = |text: &str, mut protein: Protein| {
            let before = protein.clone();
            let error = table(text).unwrap().apply(&mut protein).unwrap_err();
            assert_eq!(protein, before);
            error.to_string()
        };
        assert_eq!(
            message("id,position,label\np,1,a\np,5,b\n", protein()),
            "t: line 3: label `b` is of residue 5, and p has 4: is it another isoform?"
        );
        assert_eq!(
            message("id,number,label\np,8,a\n", protein()),
            "t: line 2: label `a` is of author number 8, which no residue of p has"
        );
        assert_eq!(
            message("id,number,label\np,8,a\n", Protein::new("p", "AC").unwrap()),
            "t: line 2: label `a` is of author number 8, and p has no author numbers"
        );
    }

    #[test]
    fn a_table_replaces_a_track_of_the_same_name() {
        let mut protein = protein();
        protein
            .set_label("a", Track::Flags(vec![Some(true); 4]))
            .unwrap();
        let table = table("id,position,label,value\np,1,a,false\n").unwrap();
        assert_eq!(table.apply(&mut protein), Ok(1));
        let flags = Track::Flags(vec![Some(false), None, None, None]);
        assert_eq!(protein.track("a"), Some(&flags));
        assert!(table.unmatched().is_empty());
    }

    #[test]
    fn any_text_is_an_answer() {
        proptest::proptest!(|(text in "[id,position\n\t\"label0-9]{0,80}")| {
            let _ = table(&text);
        });
    }
}
