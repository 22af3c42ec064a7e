//! protattn with a property and a metric of one's own: disulfide bonds, and how much attention goes to
//! the ends of the chain.
//!
//!     cargo run --release -p protattn-cli --example disulfides -- \
//!         align --model demo --max-tokens 256 --data STRUCTURE.cif --output results

use protattn_cli::App;
use protattn_io::{Label, PairLabels, Protein, Track};
use protattn_metrics::ndarray::{ArrayView3, s};
use protattn_metrics::{
    HeadValues, Labels, Metric, MetricError, Property, PropertyError, Quantity, Strata, Subject,
};

/// Pairs of cysteines whose Cα are as near as a disulfide bond leaves them, among all pairs of cysteines.
struct DisulfideBond([String; 1]);

impl Property for DisulfideBond {
    fn name(&self) -> &str { "disulfide-bond" }
    fn classes(&self) -> &[String] { &self.0 }
    fn matched_by(&self) -> Option<Strata> { Some(Strata::Separation) }

    fn labels(&self, protein: &Protein) -> Result<Option<Labels>, PropertyError> {
        let (Some(ca), Some(Track::Classes(links))) = (protein.ca(), protein.track("link-type")) else {
            return Ok(None);
        };
        let letters = protein.sequence().as_bytes();
        let cysteine = |i: usize| Some((ca[i].filter(|_| letters[i] == b'C')?, links[i].as_deref()?));
        let mut pairs = PairLabels::undefined(protein.len());
        for i in 0..protein.len() {
            for j in (0..protein.len()).filter(|j| *j != i) {
                let (Some((a, x)), Some((b, y))) = (cysteine(i), cysteine(j)) else { continue };
                let squared: f32 = a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum();
                let bond = x == "disulfide" && y == "disulfide" && squared < 7.5 * 7.5;
                pairs.set(i, j, Label::from_flag(Some(bond)));
            }
        }
        Ok(Some(Labels::Pairs(pairs)))
    }
}

/// How much attention goes to the first and to the last tenth of the chain.
struct Ends;

impl Metric for Ends {
    fn name(&self) -> &str { "chain-ends" }
    fn quantities(&self, _: usize) -> Vec<Quantity> {
        ["first tenth", "last tenth"].map(|end| Quantity::of_class("chain", end)).to_vec()
    }

    fn observe(&self, subject: &Subject<'_>, _: usize, attention: ArrayView3<'_, f32>, values: &mut HeadValues) -> Result<(), MetricError> {
        let (n, tenth) = (subject.n_read(), subject.n_read().div_ceil(10));
        for (head, map) in attention.outer_iter().enumerate() {
            for (end, columns) in [(0, 0..tenth), (1, n - tenth..n)] {
                let sum = map.slice(s![.., columns]).mapv(f64::from).sum();
                values.add(head, end, sum, map.mapv(f64::from).sum());
            }
        }
        Ok(())
    }
}

fn main() -> std::process::ExitCode {
    App::new().property(DisulfideBond(["yes".into()])).metric(Ends).run()
}
