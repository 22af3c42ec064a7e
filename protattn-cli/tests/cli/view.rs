//! `protattn view`: the right residues at both ends of every arc, in every file.

mod copies;
mod expected;

use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;

use crate::common::{done, folder, protattn, shared, stderr, text};
use expected::{Asked, Atom, LETTERS, Row, alpha_carbons, assert_same, by_head, read, rows};

const FROM_A_TENTH: Asked = Asked {
    min_attention: 0.1,
    directed: false,
};

/// Two hairpins as a PDB file of Cα atoms: chain A with an insertion code, a gap and negative numbers, a
/// second chain of another sequence, and a second model with everything elsewhere.
fn hairpins(second_chain: &str) -> String {
    let mut file = String::from("HEADER    HAIRPINS\n");
    for model in 1..=2 {
        file += &format!("MODEL     {model:>4}\n");
        for (chain, shift, length) in [("A", 0, 48), (second_chain, 7, 30)] {
            for i in 0..length {
                file += &atom(chain, i, shift, f64::from(model - 1) * 50.0, length);
            }
            file += "TER\n";
        }
        file += "ENDMDL\n";
    }
    file + "END\n"
}

fn atom(chain: &str, i: i32, shift: usize, away: f64, length: i32) -> String {
    let (step, side) = if i < length / 2 {
        (i, 0.0)
    } else {
        (length - 1 - i, 5.2)
    };
    // -4, ..., 7, 7A, 8, ..., 19, 30, ...
    let (number, insertion) = match i {
        0..12 => (i - 4, ' '),
        12 => (7, 'A'),
        13..25 => (i - 5, ' '),
        _ => (i + 5, ' '),
    };
    let letter = LETTERS.chars().nth((i as usize * 7 + shift) % 20).unwrap();
    let (x, y) = (f64::from(step) * 3.4 + away, side + shift as f64 * 9.0);
    let name = expected::name(letter);
    format!(
        "ATOM  {:>5}  CA  {name} {chain}{number:>4}{insertion}   {x:8.3}{y:8.3}{:8.3}  1.00 20.00           C\n",
        i + 1,
        0.4 * f64::from(i % 3)
    )
}

/// A file of these hairpins in a folder.
fn written(folder: &Path) -> PathBuf {
    let path = folder.join("hairpins.pdb");
    std::fs::write(&path, hairpins("B")).unwrap();
    path
}

/// Runs `view` with the built-in model.
fn view(structure: &str, output: &Path, more: &[&str]) -> Output {
    let base = ["view", "--model", "demo", "--max-tokens", "256"];
    let files = ["--structure", structure, "--output", text(output)];
    protattn(&[&base[..], &files, more].concat())
}

fn viewed(structure: &Path, output: &Path, more: &[&str]) -> String {
    let done = view(text(structure), output, more);
    assert!(done.status.success(), "{}", stderr(&done));
    stderr(&done)
}

/// The one line said, with the status checked.
fn said(output: &Output, status: i32) -> String {
    let text = stderr(output);
    assert_eq!(output.status.code(), Some(status), "{text}");
    assert_eq!(text.trim_end().lines().count(), 1, "one line: {text}");
    text
}

fn file(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn json(folder: &Path, name: &str) -> Value {
    serde_json::from_str(&file(folder, name)).unwrap()
}

/// Both ends of the arcs of a table: chain, and number with insertion code.
fn ends(rows: &[Row]) -> Vec<[(String, String); 2]> {
    let end = |end: &[String; 4]| (end[0].clone(), format!("{}{}", end[1], end[2]));
    rows.iter()
        .map(|row| [end(&row.ends[0]), end(&row.ends[1])])
        .collect()
}

#[test]
fn arcs_join_the_residues_that_attend_to_each_other() {
    let out = folder();
    let path = written(out.path());
    let atoms = alpha_carbons(&hairpins("B"), &["A", "B"]);
    assert_eq!(atoms.len(), 78);
    for (directed, min_attention) in [(false, 0.1), (true, 0.05)] {
        let asked = Asked {
            min_attention,
            directed,
        };
        let least = min_attention.to_string();
        let flags = ["--min-attention", &least, "--directed"];
        let said = viewed(&path, out.path(), &flags[..2 + usize::from(directed)]);
        assert!(said.contains("hairpins.pdb: model 1 was used"), "{said}");
        let (found, expected) = (read(out.path()), rows(&atoms, asked));
        assert_same(&found, &expected);
        // What the file was made for is there.
        assert!(found.iter().any(|row| row.contact == "true"));
        assert!(found.iter().any(|row| row.contact.is_empty()));
        assert!(
            ends(&found)
                .iter()
                .flatten()
                .any(|(_, number)| number == "7A")
        );
        assert!(ends(&found).iter().flatten().any(|(chain, _)| chain == "B"));
        assert!(found.iter().all(|row| row.ends[0][0] == row.ends[1][0]));
    }
}

#[test]
#[ignore = "needs the reference data: set PROTATTN_SHARED"]
fn arcs_of_real_structures_join_the_right_residues() {
    let shared = shared();
    let structures = shared.join("data/structures");
    for (name, chains) in [
        ("1ubq.pdb", &["A"][..]),
        ("1ubq.cif", &["A"]),
        // A ligand; several models; residues that were not observed; chains longer than the model.
        ("101m.cif", &["A"]),
        ("2N2U.pdb", &["A"]),
        ("5zng.pdb", &["A"]),
        ("1k6p.pdb", &["A", "B"]),
        ("1yyf.pdb", &["A", "C"]),
    ] {
        let path = structures.join(name);
        let atoms = alpha_carbons(&std::fs::read_to_string(&path).unwrap(), chains);
        let out = folder();
        let flags = ["--chain", &chains.join(","), "--min-attention", "0.1"];
        viewed(&path, out.path(), &flags);
        let found = read(out.path());
        assert!(found.len() > 20, "{name}: {}", found.len());
        assert_same(&found, &rows(&atoms, FROM_A_TENTH));
    }
}

#[test]
fn every_file_has_the_same_arcs() {
    let out = folder();
    let path = written(out.path());
    let more = [
        "--min-attention",
        "0.25",
        "--format",
        "png,pdf",
        "--region",
        "-4-19",
        "--rotate",
        "0,-90,0",
        "--colour",
        "chain",
    ];
    let said = viewed(&path, &out.path().join("view"), &more);
    let out = out.path().join("view");
    let found = read(&out);
    let ends = ends(&found);
    assert!(found.len() > 20);
    assert!(found.len() < 1_000);
    assert!(said.contains(&format!("\n{} arcs", found.len())), "{said}");

    let pairs = |line: &str| -> [(String, String); 2] {
        let end = |spec: &str| {
            let (chain, number) = spec.strip_prefix('/').unwrap().split_once(':').unwrap();
            (
                chain.to_owned(),
                number.strip_suffix("@CA").unwrap().to_owned(),
            )
        };
        let (from, to) = line.split_once(' ').unwrap();
        [end(from), end(to)]
    };
    let bonds = file(&out, "arcs.pb");
    let bonds = bonds.lines().filter(|line| !line.starts_with(';'));
    assert_eq!(bonds.map(pairs).collect::<Vec<_>>(), ends);

    let scene = json(&out, "view.mvsj");
    let download = &scene["root"]["children"][0];
    assert_eq!(held(&download["params"]["url"]), hairpins("B"));
    let parse = &download["children"][0];
    assert_eq!(parse["params"]["format"], "pdb");
    let nodes = parse["children"][0]["children"].as_array().unwrap();
    let tubes = nodes
        .iter()
        .find(|node| node["kind"] == "primitives")
        .unwrap();
    // Ends are positions; the tooltip names their residues.
    let end = |words: &str| {
        let (residue, chain) = words.split_once(" of chain ").unwrap();
        (chain.to_owned(), residue[1..].to_owned())
    };
    let tubes = tubes["children"].as_array().unwrap().iter();
    let tubes = tubes.map(|tube| {
        let words = tube["params"]["tooltip"].as_str().unwrap();
        let (residues, _) = words.split_once(':').unwrap();
        let joined = residues.replace(" to ", " and ");
        let (from, to) = joined.split_once(" and ").unwrap();
        [end(from), end(to)]
    });
    assert_eq!(tubes.collect::<Vec<_>>(), ends);

    let script = file(&out, "view.pml");
    assert!(
        script.contains("FILE = \"hairpins.pdb\"\nFORMAT = \"pdb\""),
        "{script}"
    );
    let arcs = script
        .lines()
        .find_map(|line| line.strip_prefix("ARCS = ["))
        .unwrap();
    let arcs: Vec<&str> = arcs.split_inclusive(')').collect();
    for (arc, [from, to]) in arcs.iter().zip(&ends) {
        let expected = format!("(\"{}\",\"{}\",\"{}\",\"{}\",", from.0, from.1, to.0, to.1);
        assert!(arc.contains(&expected), "{arc}: {expected}");
    }
    assert_eq!(
        arcs.iter().filter(|arc| arc.contains('(')).count(),
        found.len()
    );

    let script = file(&out, "view.cxc");
    assert!(
        script.contains("open \"hairpins.pdb\" format pdb maxModels 1\n"),
        "{script}"
    );
    assert!(
        script.contains("open \"arcs.pb\" format pseudobonds\n"),
        "{script}"
    );
    assert_eq!(file(&out, "hairpins.pdb"), hairpins("B"));
    pages_and_pictures(&out, &found);
}

/// The text in an address that holds it (RFC 2397) in base64.
fn held(address: &Value) -> String {
    let data = address.as_str().unwrap();
    let data = data.strip_prefix("data:text/plain;base64,").unwrap();
    let digits = ('A'..='Z')
        .chain('a'..='z')
        .chain('0'..='9')
        .chain(['+', '/']);
    let digits: Vec<char> = digits.collect();
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0, 0);
    for digit in data.trim_end_matches('=').chars() {
        let place = digits.iter().position(|known| *known == digit).unwrap();
        (bits, count) = ((bits << 6 | place) & 0xfff, count + 6);
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xff) as u8);
        }
    }
    String::from_utf8(bytes).unwrap()
}

fn pages_and_pictures(out: &Path, found: &[Row]) {
    let page = file(out, "view.html");
    let data = page.split("id=\"data\">").nth(1).unwrap();
    let data: Value = serde_json::from_str(data.split("</script>").next().unwrap()).unwrap();
    let arcs = data["arcs"].as_array().unwrap();
    assert_eq!(arcs.len(), 8 * found.len());
    for (arc, row) in arcs.chunks(8).zip(found) {
        for (end, residue) in row.ends.iter().zip(&arc[..2]) {
            let residue = residue.as_u64().unwrap() as usize;
            assert_eq!(data["numbers"][residue].to_string(), end[1]);
            let letters = data["letters"].as_str().unwrap();
            assert_eq!(&letters[residue..=residue], end[3]);
        }
        assert_eq!(
            (arc[5].as_u64(), arc[6].as_u64()),
            (Some(row.layer as u64), Some(row.head as u64))
        );
    }

    let title = "hairpins, chains A, B: all heads, attention from 0.25";
    for name in ["view", "sequence", "heads"] {
        let svg = file(out, &format!("{name}.svg"));
        assert!(svg.starts_with("<svg") && svg.contains(title), "{name}");
        let bytes =
            |extension: &str| std::fs::read(out.join(format!("{name}.{extension}"))).unwrap();
        assert!(bytes("png").starts_with(b"\x89PNG"));
        assert!(bytes("pdf").starts_with(b"%PDF"));
    }
    let sequence = file(out, "sequence.svg");
    assert!(
        sequence.contains("residues from A-4 of chain A to K19 of chain A"),
        "{sequence}"
    );
    let heads = file(out, "heads.svg");
    let counts = by_head(found);
    for (layer, head) in (1..=4).flat_map(|layer| (1..=4).map(move |head| (layer, head))) {
        let count = counts.get(&(layer, head)).copied().unwrap_or_default();
        let noun = if count == 1 { "arc" } else { "arcs" };
        let panel = format!("<title>layer {layer}, head {head}: {count} {noun}</title>");
        assert!(heads.contains(&panel), "{panel}");
    }
    let record = json(out, "view.json");
    assert_eq!(record["arcs"], found.len());
    assert_eq!(record["chains"], serde_json::json!(["A", "B"]));
    assert_eq!(record["layers"], serde_json::json!([1, 2, 3, 4]));
    assert_eq!(record["model"]["name"], "demo");
}

#[test]
fn layers_and_heads_are_those_asked_for() {
    let out = folder();
    let path = written(out.path());
    let all = rows(&alpha_carbons(&hairpins("B"), &["A", "B"]), FROM_A_TENTH);
    let one = out.path().join("one");
    viewed(
        &path,
        &one,
        &["--min-attention", "0.1", "--layer", "1", "--head", "2"],
    );
    let only = |holds: &dyn Fn(&Row) -> bool| -> Vec<Row> {
        all.iter().filter(|row| holds(row)).cloned().collect()
    };
    assert_same(&read(&one), &only(&|row| (row.layer, row.head) == (1, 2)));
    assert!(file(&one, "view.svg").contains("head 1-2, attention from 0.1"));
    assert!(!one.join("heads.svg").exists());

    let some = out.path().join("some");
    let flags = ["--min-attention", "0.1", "--layer", "2-3", "--head", "4,1"];
    viewed(&path, &some, &flags);
    let expected = only(&|row| (2..4).contains(&row.layer) && [1, 4].contains(&row.head));
    assert_same(&read(&some), &expected);

    let every = out.path().join("every");
    viewed(
        &path,
        &every,
        &["--min-attention", "0.1", "--layer", "2-3", "--heads", "all"],
    );
    let expected = only(&|row| (2..4).contains(&row.layer));
    assert_same(&read(&every), &expected);
    let heads = file(&every, "heads.svg");
    assert!(heads.contains("layer 3, head 4: ") && !heads.contains("layer 1, head"));
}

#[test]
fn chains_are_chosen_and_ordered_as_asked() {
    let out = folder();
    let path = written(out.path());
    let only = out.path().join("only");
    let named = format!("{}:B", text(&path));
    viewed(Path::new(&named), &only, &["--min-attention", "0.1"]);
    let expected = rows(&alpha_carbons(&hairpins("B"), &["B"]), FROM_A_TENTH);
    assert_same(&read(&only), &expected);
    assert_eq!(file(&only, "hairpins.pdb"), hairpins("B"));
    let turned = out.path().join("turned");
    viewed(
        &path,
        &turned,
        &["--min-attention", "0.1", "--chain", "B,A"],
    );
    let expected = rows(&alpha_carbons(&hairpins("B"), &["B", "A"]), FROM_A_TENTH);
    assert_same(&read(&turned), &expected);
}

#[test]
fn a_chain_without_a_name_has_none_in_the_files() {
    let out = folder();
    let path = out.path().join("nameless.pdb");
    std::fs::write(&path, hairpins(" ")).unwrap();
    let view = out.path().join("view");
    viewed(&path, &view, &["--min-attention", "0.1", "--chain", "_"]);
    let expected = rows(&alpha_carbons(&hairpins(" "), &[""]), FROM_A_TENTH);
    assert!(!expected.is_empty());
    assert_same(&read(&view), &expected);
    assert!(
        file(&view, "arcs.pb")
            .lines()
            .last()
            .unwrap()
            .starts_with(':')
    );
}

#[test]
fn compressed_files_are_unpacked_beside_the_view() {
    let out = folder();
    let path = out.path().join("hairpins.pdb.gz");
    std::fs::write(&path, gzip(hairpins("B").as_bytes())).unwrap();
    viewed(&path, out.path(), &["--min-attention", "0.1"]);
    assert_eq!(file(out.path(), "hairpins.pdb"), hairpins("B"));
    let expected = rows(&alpha_carbons(&hairpins("B"), &["A", "B"]), FROM_A_TENTH);
    assert_same(&read(out.path()), &expected);
    // Beside the file itself nothing is copied, and nothing lost.
    viewed(
        &out.path().join("hairpins.pdb"),
        out.path(),
        &["--min-attention", "0.1"],
    );
    assert_eq!(file(out.path(), "hairpins.pdb"), hairpins("B"));
}

/// The bytes as a gzip file of one stored block (RFC 1951, section 3.2.4; RFC 1952).
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let crc = bytes.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 * (crc & 1))
        })
    });
    let length = u16::try_from(bytes.len()).unwrap();
    let mut file = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1];
    file.extend(length.to_le_bytes());
    file.extend((!length).to_le_bytes());
    file.extend(bytes);
    file.extend((!crc).to_le_bytes());
    file.extend(u32::from(length).to_le_bytes());
    file
}

#[test]
fn without_arcs_the_files_say_so() {
    let out = folder();
    let path = written(out.path());
    let said = viewed(&path, out.path(), &["--min-attention", "1"]);
    let note = "There are no arcs: no attention between two residues reaches 1";
    assert!(said.contains(note), "{said}");
    assert_eq!(read(out.path()), []);
    for name in ["view.svg", "view.html", "view.cxc", "view.pml", "view.json"] {
        assert!(
            file(out.path(), name).contains("There are no arcs"),
            "{name}"
        );
    }
    assert!(!file(out.path(), "view.cxc").contains("arcs.pb\" format"));
    assert!(out.path().join("view.mvsj").exists() && out.path().join("heads.svg").exists());
}

#[test]
fn of_too_many_arcs_the_strongest_are_kept() {
    let out = folder();
    let path = written(out.path());
    let said = viewed(
        &path,
        out.path(),
        &["--min-attention", "0.000001", "--directed"],
    );
    let asked = Asked {
        min_attention: 0.000_001,
        directed: true,
    };
    let all = rows(&alpha_carbons(&hairpins("B"), &["A", "B"]), asked);
    assert!(all.len() > 20_000);
    let mut strongest: Vec<f32> = all.iter().map(|row| row.attention).collect();
    strongest.sort_by(|a, b| b.total_cmp(a));
    let over = strongest[20_000];
    let expected: Vec<Row> = all.into_iter().filter(|row| row.attention > over).collect();
    assert_same(&read(out.path()), &expected);
    let note = format!(
        "Over 20,000 arcs have attention from 0.000001 on: only those over {over} are shown."
    );
    assert!(said.contains(&note), "{said}");
    assert!(file(out.path(), "view.html").contains(&note));
    assert!(file(out.path(), "view.svg").contains("The strongest 1000 of"));
}

#[test]
fn residues_beyond_the_cut_have_no_arcs() {
    let out = folder();
    let path = written(out.path());
    let flags = [
        "--min-attention",
        "0.1",
        "--chain",
        "A",
        "--max-tokens",
        "22",
    ];
    let base = [
        "view",
        "--model",
        "demo",
        "--structure",
        text(&path),
        "--output",
        text(out.path()),
    ];
    let said = stderr(&done(&[&base[..], &flags].concat()));
    let note = "Chain A has 48 residues, and those after the first 20 have no arcs";
    assert!(said.contains(note), "{said}");
    assert!(file(out.path(), "view.html").contains(note));
    let atoms: Vec<Atom> = alpha_carbons(&hairpins("B"), &["A"]).drain(..20).collect();
    assert_same(&read(out.path()), &rows(&atoms, FROM_A_TENTH));
}

#[test]
fn what_is_not_there_is_said_in_one_line() {
    let out = folder();
    let path = written(out.path());
    let run = |structure: &str, more: &[&str]| view(structure, &out.path().join("view"), more);
    let fasta = out.path().join("a.fasta");
    std::fs::write(&fasta, ">a\nACDEF\n").unwrap();
    let hairpins = text(&path);
    for (structure, more, words) in [
        (
            hairpins,
            &["--chain", "C"][..],
            &["hairpins.pdb", "chain C", "A, B"][..],
        ),
        (
            hairpins,
            &["--layer", "9"],
            &["--layer", "layer 9", "the model has 4"],
        ),
        (
            hairpins,
            &["--head", "3,7"],
            &["--head", "head 7", "the model has 4"],
        ),
        (
            hairpins,
            &["--region", "500-510"],
            &["residue 500", "chain A", "from -4 to 52"],
        ),
        (hairpins, &["--region", "19-7A"], &["19 comes after 7A"]),
        (
            &format!("{hairpins}:A"),
            &["--chain", "B"],
            &["chain A", "--chain", "B"],
        ),
        (
            &format!("{hairpins}:C"),
            &[],
            &["hairpins.pdb", "chain C", "A, B"],
        ),
        (text(out.path()), &[], &["one structure"]),
    ] {
        let said = said(&run(structure, more), 2);
        assert!(
            words.iter().all(|word| said.contains(word)),
            "{words:?}: {said}"
        );
    }
    for (structure, word) in [
        ("/no/such/file.pdb", "/no/such/file.pdb"),
        (text(&fasta), "a.fasta"),
    ] {
        assert!(said(&run(structure, &[]), 1).contains(word));
    }
    for more in [
        ["--layer", "0"],
        ["--region", "10"],
        ["--rotate", "1,2"],
        ["--min-attention", "0"],
        ["--colour", "red"],
    ] {
        assert_eq!(run(hairpins, &more).status.code(), Some(2), "{more:?}");
    }
}
