//! Products against sums in double precision, on every instruction set.

use ndarray::Array2;

use super::super::packed::Precision;
use super::*;

/// Deterministic, uneven values of both signs.
fn values(rows: usize, columns: usize, seed: usize) -> Array2<f32> {
    Array2::from_shape_fn((rows, columns), |(i, j)| {
        ((i * 37 + j * 101 + seed * 17) % 41) as f32 / 20.0 - 1.0
    })
}

fn on(threads: usize) -> Means {
    Means {
        threads: threads.try_into().expect("not 0"),
        ..Means::default()
    }
}

fn naive(x: &Array2<f32>, w: &Array2<f32>, bias: &[f32]) -> Array2<f64> {
    Array2::from_shape_fn((x.nrows(), bias.len()), |(i, j)| {
        let products = x
            .row(i)
            .into_iter()
            .zip(w.row(j))
            .map(|(x, w)| f64::from(*x) * f64::from(*w));
        products.sum::<f64>() + f64::from(bias[j])
    })
}

fn assert_close(found: &[f32], expected: &Array2<f64>, inputs: usize, case: &str) {
    let tolerance = 4e-6 * inputs as f64;
    for (found, expected) in found.iter().zip(expected) {
        assert!(
            (f64::from(*found) - expected).abs() <= tolerance,
            "{case}: {found} {expected}"
        );
    }
}

#[test]
fn every_instruction_set_equals_the_naive_product_on_odd_shapes() {
    let shapes = [
        (1, 1, 1),
        (2, 3, 5),
        (7, 64, 64),
        (13, 65, 63),
        (5, 129, 1025),
        (25, 70, 2500),
    ];
    for isa in Isa::available() {
        for (rows, outputs, inputs) in shapes {
            let case = format!("{isa:?} {rows} x {inputs} x {outputs}");
            let (x, w) = (values(rows, inputs, 1), values(outputs, inputs, 2));
            let bias = values(1, outputs, 3).into_raw_vec_and_offset().0;
            let packed = PackedWeights::pack_for(isa, Precision::F32, false, &[w.view()]);
            let mut y = vec![f32::NAN; rows * outputs];
            linear(
                x.as_slice().expect("contiguous"),
                &packed,
                &bias,
                Tail::Bias,
                &mut Means::default(),
                &mut y,
            );
            assert_close(&y, &naive(&x, &w, &bias), inputs, &case);
        }
    }
}

#[test]
fn parts_are_stacked_and_only_the_outputs_asked_for_are_computed() {
    let (x, a, b) = (values(4, 10, 1), values(3, 10, 2), values(70, 10, 3));
    let packed = PackedWeights::pack(Precision::F32, &[a.view(), b.view()]);
    assert_eq!((packed.inputs(), packed.outputs()), (10, 73));
    let bias = vec![0.5; 71];
    let mut y = vec![f32::NAN; 4 * 71];
    linear(
        x.as_slice().expect("contiguous"),
        &packed,
        &bias,
        Tail::Bias,
        &mut Means::default(),
        &mut y,
    );
    let stacked = ndarray::concatenate![ndarray::Axis(0), a, b];
    assert_close(&y, &naive(&x, &stacked, &bias), 10, "stacked");
}

#[test]
fn tails_are_applied_once_after_the_last_block_of_inputs() {
    let (x, w) = (values(3, 2049, 1), values(2, 2049, 2));
    let bias = [0.25, -0.5];
    let packed = PackedWeights::pack(Precision::F32, &[w.view()]);
    let expected = naive(&x, &w, &bias);
    let residual = [100.0, 200.0, 300.0, 400.0, 500.0, 600.0];
    let mut y = [f32::NAN; 6];
    linear(
        x.as_slice().expect("contiguous"),
        &packed,
        &bias,
        Tail::Residual(&residual),
        &mut Means::default(),
        &mut y,
    );
    let shifted = &expected
        + &Array2::from_shape_vec((3, 2), residual.to_vec())
            .expect("six")
            .mapv(f64::from);
    assert_close(&y, &shifted, 2049, "residual");
    linear(
        x.as_slice().expect("contiguous"),
        &packed,
        &bias,
        Tail::Activation(Activation::Relu),
        &mut Means::default(),
        &mut y,
    );
    assert_close(&y, &expected.mapv(|v| v.max(0.0)), 2049, "relu");
    linear(
        x.as_slice().expect("contiguous"),
        &packed,
        &bias,
        Tail::Gate(&[0.5, 0.0, -1.0, 2.0, 0.25, 1.0]),
        &mut Means::default(),
        &mut y,
    );
    let gate = ndarray::arr2(&[[0.5, 0.0], [-1.0, 2.0], [0.25, 1.0]]);
    assert_close(&y, &(&expected * &gate), 2049, "gate");
}

#[test]
fn shifted_rows_are_added_forwards_and_backwards() {
    let (x, w) = (values(3, 5, 1), values(2, 5, 2));
    let packed = PackedWeights::pack(Precision::F32, &[w.view()]);
    let expected = naive(&x, &w, &[0.0; 2]);
    let numbers = [100.0, 200.0, 300.0, 400.0, 500.0, 600.0, 700.0];
    for (first, step, added) in [
        // Rows that begin one value earlier each time: the same number on each diagonal.
        (2, -1, [[300.0, 400.0], [200.0, 300.0], [100.0, 200.0]]),
        (1, 2, [[200.0, 300.0], [400.0, 500.0], [600.0, 700.0]]),
    ] {
        let mut y = [f32::NAN; 6];
        let tail = Tail::Shifted(Shifted {
            values: &numbers,
            first,
            step,
        });
        linear(
            x.as_slice().expect("contiguous"),
            &packed,
            &[0.0; 2],
            tail,
            &mut Means::default(),
            &mut y,
        );
        assert_close(&y, &(&expected + &ndarray::arr2(&added)), 50, "shifted");
    }
}

/// Weights that bfloat16 holds exactly give the same bits in 16 bits as in 32, others those of what
/// they are rounded to; over one and several blocks of inputs.
#[test]
fn weights_in_sixteen_bits_are_widened_and_nothing_else() {
    for isa in Isa::available() {
        for (rows, outputs, inputs) in [(1, 3, 5), (13, 70, 63), (7, 65, 2049)] {
            let (x, w) = (values(rows, inputs, 1), values(outputs, inputs, 2));
            let rounded = w.mapv(|v| half::bf16::from_f32(v).to_f32());
            assert_ne!(w, rounded);
            let product = |precision, w: &Array2<f32>| {
                let packed = PackedWeights::pack_for(isa, precision, false, &[w.view()]);
                let mut y = vec![f32::NAN; rows * outputs];
                let x = x.as_slice().expect("contiguous");
                linear(
                    x,
                    &packed,
                    &vec![0.5; outputs],
                    Tail::Bias,
                    &mut Means::default(),
                    &mut y,
                );
                y
            };
            // One number that bfloat16 has not, in a column of its own, keeps the others in 32 bits.
            let mut wide = ndarray::concatenate![ndarray::Axis(0), rounded, rounded];
            wide[(outputs, 0)] = 0.1;
            let whole = PackedWeights::pack_for(isa, Precision::F32, false, &[wide.view()]);
            let short = PackedWeights::pack_for(isa, Precision::F32, false, &[rounded.view()]);
            assert!(!whole.is_halved() && short.is_halved());
            let x = x.as_slice().expect("contiguous");
            let mut expected = vec![f32::NAN; rows * outputs];
            linear(
                x,
                &whole,
                &vec![0.5; outputs],
                Tail::Bias,
                &mut Means::default(),
                &mut expected,
            );
            for (precision, w) in [
                (Precision::Bf16, &w),
                (Precision::Bf16, &rounded),
                (Precision::F32, &rounded),
            ] {
                assert_eq!(product(precision, w), expected, "{isa:?}");
            }
        }
    }
}

/// In pairs the inputs are rounded as the weights are, and nothing else is lost: the products of the
/// rounded numbers are exact in `f32`.
#[test]
fn pairs_are_products_of_rounded_numbers() {
    let rounded = |values: &Array2<f32>| values.mapv(|v| half::bf16::from_f32(v).to_f32());
    for isa in Isa::available() {
        let mut means = Means::default();
        for (rows, outputs, inputs) in [(13, 70, 4500), (1, 1, 1), (7, 65, 63), (25, 128, 64)] {
            let case = format!("{isa:?} {rows} x {inputs} x {outputs}");
            let (x, w) = (values(rows, inputs, 1), values(outputs, inputs, 2));
            let bias = values(1, outputs, 3).into_raw_vec_and_offset().0;
            let packed = PackedWeights::pack_for(isa, Precision::Bf16, true, &[w.view()]);
            assert!(packed.is_halved());
            let mut y = vec![f32::NAN; rows * outputs];
            let x_values = x.as_slice().expect("contiguous");
            linear(x_values, &packed, &bias, Tail::Bias, &mut means, &mut y);
            let expected = naive(&rounded(&x), &rounded(&w), &bias);
            assert_close(&y, &expected, inputs, &case);
            let whole = naive(&x, &w, &bias);
            let far = expected
                .iter()
                .zip(&whole)
                .any(|(a, b)| (a - b).abs() > 1e-3);
            assert!(far || inputs == 1, "{case}: nothing was rounded");
        }
    }
}

#[test]
fn what_is_not_finite_stays_so_in_pairs() {
    for isa in Isa::available() {
        let w = values(3, 5, 2);
        let packed = PackedWeights::pack_for(isa, Precision::Bf16, true, &[w.view()]);
        for bad in [f32::NAN, f32::INFINITY, f32::MAX, f32::from_bits(u32::MAX)] {
            let x = [1.0, bad, 1.0, 1.0, 1.0];
            let mut y = [0.0; 3];
            linear(
                &x,
                &packed,
                &[0.0; 3],
                Tail::Bias,
                &mut Means::default(),
                &mut y,
            );
            assert!(y.iter().all(|y| !y.is_finite()), "{isa:?} {bad}: {y:?}");
        }
    }
}

/// So large that it is packed on several threads, where there are some.
#[test]
fn a_large_map_is_packed_as_a_small_one() {
    let (x, w) = (values(1, 1500, 1), values(1500, 1500, 2));
    let x = x.as_slice().expect("contiguous");
    let whole = PackedWeights::pack(Precision::F32, &[w.view()]);
    let mut y = vec![f32::NAN; 1500];
    linear(
        x,
        &whole,
        &vec![0.0; 1500],
        Tail::Bias,
        &mut Means::default(),
        &mut y,
    );
    for first in [0, 700, 1490] {
        let part = w.slice(ndarray::s![first..first + 10, ..]);
        let part = PackedWeights::pack(Precision::F32, &[part]);
        let mut found = [f32::NAN; 10];
        linear(
            x,
            &part,
            &[0.0; 10],
            Tail::Bias,
            &mut Means::default(),
            &mut found,
        );
        assert_eq!(found, y[first..first + 10]);
    }
}

/// Enough rows for several threads, and one more than they can share evenly.
#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let (rows, outputs, inputs) = (97, 300, 1025);
    let (x, w) = (values(rows, inputs, 1), values(outputs, inputs, 2));
    let other = values(rows, outputs, 3);
    let other = other.as_slice().expect("contiguous");
    let isa = Isa::best();
    let formats = [
        (Precision::F32, false),
        (Precision::Bf16, false),
        (Precision::Bf16, true),
    ];
    let tails = [
        Tail::Bias,
        Tail::Activation(Activation::Gelu),
        Tail::Residual(other),
        Tail::Gate(other),
    ];
    for ((precision, paired), tail) in formats.into_iter().flat_map(|f| tails.map(|t| (f, t))) {
        let packed = PackedWeights::pack_for(isa, precision, paired, &[w.view()]);
        let run = |threads| {
            let mut y = vec![f32::NAN; rows * outputs];
            let x = x.as_slice().expect("contiguous");
            linear(
                x,
                &packed,
                &vec![0.5; outputs],
                tail,
                &mut on(threads),
                &mut y,
            );
            y
        };
        let expected = run(1);
        assert!(expected.iter().all(|y| y.is_finite()));
        for threads in [2, 3, 100] {
            assert_eq!(run(threads), expected);
        }
    }
}
