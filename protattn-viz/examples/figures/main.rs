//! Writes every figure, in every shape that it must suit, and a report to a folder.
//!
//! ```sh
//! cargo run -p protattn-viz --example figures -- /tmp/figures
//! ```
//!
//! The numbers are made up, by a formula, so that each run writes the same files.

mod comparisons;
mod maps;
mod models;
mod profiles;

use protattn_viz::ndarray::Array2;
use protattn_viz::{Bar, Column, Figure, HeadMap, Report, Section, Table, TopHeads};
use std::error::Error;
use std::path::{Path, PathBuf};

const SHAPES: [(usize, usize); 9] = [
    (1, 1),
    (3, 4),
    (4, 4),
    (6, 4),
    (12, 12),
    (30, 16),
    (12, 64),
    (48, 20),
    (2, 1),
];
const BACKGROUND: f64 = 4.3;

/// The file name of a figure and its text.
type Written = protattn_viz::Result<(String, String)>;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os()
        .nth(1)
        .map(PathBuf::from)
        .ok_or("usage: figures FOLDER")?;
    std::fs::create_dir_all(&folder)?;
    for (layers, heads) in SHAPES {
        let values = made_up(layers, heads);
        let name = format!("{layers}x{heads}.svg");
        write(&folder, &format!("map-{name}"), &map(&values)?)?;
        write(&folder, &format!("top-{name}"), &top(&values, 10)?)?;
    }
    let values = made_up(30, 16);
    write(&folder, "top-16.svg", &top(&values, 16)?)?;
    write(&folder, "top-40.svg", &top(&values, 40)?)?;
    for (layers, heads) in [(6, 4), (12, 64), (48, 20)] {
        let name = format!("{layers}x{heads}.svg");
        let values = made_up(layers, heads);
        let bits = values.mapv(|value| value / 7.0);
        let bits = HeadMap::new(bits.view())
            .unit(" bits")
            .value_label("Entropy (bits)");
        write(&folder, &format!("entropy-{name}"), &bits.to_svg()?)?;
        let residues = values.mapv(|value| value * 7.5);
        let residues = HeadMap::new(residues.view())
            .unit("")
            .value_label("Mean distance (residues)");
        write(&folder, &format!("distance-{name}"), &residues.to_svg()?)?;
        let correlations = values.mapv(|value| (value - 20.0) / 45.0);
        let correlations = HeadMap::new(correlations.view())
            .unit("")
            .value_label("Correlation")
            .diverging();
        write(
            &folder,
            &format!("correlation-{name}"),
            &correlations.to_svg()?,
        )?;
    }
    let unscored = Array2::from_elem((4, 4), f64::NAN);
    write(&folder, "map-unscored.svg", &map(&unscored)?)?;
    write(&folder, "top-unscored.svg", &top(&unscored, 10)?)?;
    for figure in profiles::all()
        .into_iter()
        .chain(comparisons::all())
        .chain(models::all())
        .chain(maps::all())
    {
        let (name, svg) = figure?;
        write(&folder, &name, &svg)?;
    }
    write(&folder, "report.html", &report(&made_up(12, 12))?)
}

/// A number from 0 to 1.
fn made_up_value(seed: usize) -> f64 {
    ((seed * 7919 + seed * seed * 131 + 17) % 997) as f64 / 997.0
}

/// Percentages, axes [layer, head], highest in one head of the last layer; some are not scored.
fn made_up(layers: usize, heads: usize) -> Array2<f64> {
    Array2::from_shape_fn((layers, heads), |(layer, head)| {
        let mixed = (layer * 7919 + head * 104_729 + layer * head * 31) % 997;
        let depth = (layer + 1) as f64 / layers as f64;
        match mixed {
            _ if (layer, head) == (layers - 1, heads / 3) => 63.2,
            mixed if mixed % 13 == 5 => f64::NAN,
            mixed => 1.5 + 45.0 * depth * (mixed as f64 / 997.0).powi(4),
        }
    })
}

fn map(values: &Array2<f64>) -> protattn_viz::Result<String> {
    HeadMap::new(values.view())
        .title("Attention on contacts, made-up numbers")
        .value_label("% attention on contacts")
        .unscored_label("fewer than 100 arcs")
        .background(BACKGROUND)
        .to_svg()
}

fn bars(values: &Array2<f64>) -> Vec<Bar> {
    let bar = |((layer, head), &value): ((usize, usize), &f64)| {
        let half = 1.0 + value / 10.0;
        Bar {
            layer,
            head,
            value,
            low: (value - half).max(0.0),
            high: (value + half).min(100.0),
        }
    };
    values.indexed_iter().map(bar).collect()
}

fn top(values: &Array2<f64>, count: usize) -> protattn_viz::Result<String> {
    TopHeads::new(&bars(values))
        .count(count)
        .title("Top heads for contacts, made-up numbers")
        .value_label("% attention on contacts")
        .unscored_label("fewer than 100 arcs")
        .interval_label("95% confidence interval")
        .background(BACKGROUND)
        .to_svg()
}

/// Every head, with a p-value that looks like one.
fn table(values: &Array2<f64>) -> Table {
    let columns = [
        Column::text("Head (layer-head)"),
        Column::number("Attention on contacts (%)"),
        Column::number("95% interval"),
        Column::number("Adjusted p"),
    ];
    let caption = "Every scored head; made-up numbers.";
    let scored = bars(values).into_iter().filter(|bar| !bar.value.is_nan());
    scored.fold(Table::new(caption, columns), |table, bar| {
        let p = 10_f64.powf(-6.0 * (bar.value - BACKGROUND).max(0.0));
        table.row([
            format!("{}-{}", bar.layer + 1, bar.head + 1),
            format!("{:.1}", bar.value),
            format!("{:.1}-{:.1}", bar.low, bar.high),
            match p {
                p if p < 1e-300 => "< 1e-300".to_owned(),
                p => format!("{p:.2e}"),
            },
        ])
    })
}

/// A chart for each amino acid, as a section that has to be opened.
fn amino_acids() -> protattn_viz::Result<Section> {
    let letters = "ACDEFGHIKLMNPQRSTVWY".chars().zip(1..);
    let figures = letters.map(|(letter, shift)| {
        let values = made_up(12, 12).mapv(|value| (value * f64::from(shift)) % 61.0);
        Ok((
            top(&values, 10)?,
            format!("The ten best heads for {letter}."),
        ))
    });
    let figures: Vec<(String, String)> = figures.collect::<protattn_viz::Result<_>>()?;
    Ok(Section::new("Amino acids")
        .collapsed()
        .figures_grid(figures))
}

fn report(values: &Array2<f64>) -> protattn_viz::Result<String> {
    let contacts = Section::new("Contacts")
        .paragraph("Residues closer than 8 Å and at least 6 apart in the sequence.")
        .note("A head with fewer than 100 arcs is not scored: it is grey in the map.")
        .figure(map(values)?, "Every head.")
        .figure(top(values, 10)?, "The ten best heads.")
        .table(table(values));
    let settings = [("minimum attention", "0.3"), ("minimum arcs", "100")];
    Report::new("What attention looks at")
        .paragraph("All numbers on this page are made up, to show what the page looks like.")
        .finding("63.2%", "of the attention of head 12-5 is on contacts, against 4.3% by chance.")
        .finding("3", "of 144 heads are not scored.")
        .section(contacts)
        .section(amino_acids()?)
        .section(Section::new("Settings").settings(settings))
        .citation("Vig et al., BERTology Meets Biology, ICLR 2021.")
        .bibtex(
            "@inproceedings{vig2021bertology,\n  \
             title = {{BERTology} Meets Biology: Interpreting Attention in Protein Language Models},\n  \
             author = {Vig, Jesse and Madani, Ali and Varshney, Lav R. and Xiong, Caiming and Socher, \
             Richard and Rajani, Nazneen Fatema},\n  \
             booktitle = {International Conference on Learning Representations},\n  year = {2021},\n}",
        )
        .to_html()
}

fn write(folder: &Path, name: &str, text: &str) -> Result<(), Box<dyn Error>> {
    let path = folder.join(name);
    std::fs::write(&path, text).map_err(|e| format!("cannot write {}: {e}", path.display()).into())
}
