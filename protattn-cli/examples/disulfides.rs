//! protattn with a property and a metric of one's own: disulfide bonds, and attention to the chain's start.
//!
//! cargo run --release -p protattn-cli --example disulfides -- \
//!     align --model demo --max-tokens 256 --data STRUCTURE.cif --output results

use protattn_cli::App;
use protattn_io::{Label, PairLabels, Protein, Track};
use protattn_metrics::ndarray::{ArrayView3, s};
use protattn_metrics::*;

/// Pairs of bonded cysteines, among all pairs of cysteines.
struct DisulfideBond([String; 1]);

impl Property for DisulfideBond {
    fn name(&self) -> &str {
        "disulfide-bond"
    }
    fn classes(&self) -> &[String] {
        &self.0
    }
    fn labels(&self, protein: &Protein) -> Result<Option<Labels>, PropertyError> {
        let (Some(ca), Some(Track::Classes(links))) = (protein.ca(), protein.track("link-type"))
        else {
            return Ok(None);
        };
        let is_bonded = |i: usize| links[i].as_deref() == Some("disulfide");
        let cysteines: Vec<usize> = protein.sequence().match_indices('C').map(|c| c.0).collect();
        let mut pairs = PairLabels::undefined(protein.len());
        for &i in &cysteines {
            for &j in cysteines.iter().filter(|j| **j != i) {
                if let (Some(a), Some(b)) = (ca[i], ca[j]) {
                    // Cα of bonded cysteines are at most 7.5 Å apart.
                    let near = a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f32>() < 56.0;
                    let bond = near && is_bonded(i) && is_bonded(j);
                    pairs.set(i, j, Label::from_flag(Some(bond)));
                }
            }
        }
        Ok(Some(Labels::Pairs(pairs)))
    }
}

/// The share of attention that goes to the first tenth of the chain.
struct ChainStart;

impl Metric for ChainStart {
    fn name(&self) -> &str {
        "chain-start"
    }
    fn quantities(&self, _: usize) -> Vec<Quantity> {
        vec![Quantity::share("chain", "first tenth")]
    }
    fn observe(
        &self,
        subject: &Subject<'_>,
        _layer: usize,
        attention: ArrayView3<'_, f32>,
        values: &mut HeadValues,
    ) -> Result<(), MetricError> {
        let tenth = subject.n_read().div_ceil(10);
        for (head, map) in attention.outer_iter().enumerate() {
            let start = map.slice(s![.., ..tenth]).sum();
            values.add(head, 0, start.into(), map.sum().into());
        }
        Ok(())
    }
}

fn main() -> std::process::ExitCode {
    let bond = DisulfideBond(["yes".into()]);
    App::new().property(bond).metric(ChainStart).run()
}
