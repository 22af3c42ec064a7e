use super::super::relative::{BiasByOffset, KeysByOffset, Segments, n_offsets};
use super::*;

/// Uneven values of both signs.
fn values(count: usize, seed: usize) -> Vec<f32> {
    (0..count)
        .map(|i| ((i * 29 + seed * 11) % 23) as f32 / 7.0 - 1.5)
        .collect()
}

const SEGMENTS: [u32; 7] = [0, 0, 1, 1, 1, 0, 2];

/// Every kind of term against the definition in f64, with two heads of width 3; over more
/// tokens than a block of queries or a panel of keys has, and over few.
#[test]
fn maps_and_contexts_follow_the_definition() {
    for tokens in [1, 5, 49, 150] {
        let segments: Vec<u32> = SEGMENTS.into_iter().cycle().take(tokens).collect();
        for (kind, isa) in (0..4).flat_map(|kind| Isa::available().map(move |isa| (kind, isa))) {
            check(isa, tokens, kind, &segments);
        }
    }
}

fn check(isa: Isa, tokens: usize, kind: usize, segments: &[u32]) {
    let shape = Heads {
        tokens,
        heads: 2,
        head_width: 3,
        scale: 0.7,
    };
    let (width, stride, offsets) = (6, 18, n_offsets(tokens));
    let qkv = values(tokens * stride, 1);
    let bias = values(2 * offsets, 2);
    let (keys, query_bias) = (values(offsets * width, 3), values(width, 4));
    let (other, other_bias) = (values(width, 5), values(width, 6));
    let relative = match kind {
        0 => Relative::Nothing,
        1 => Relative::Bias(BiasByOffset {
            values: &bias,
            stride: offsets,
        }),
        _ => Relative::Keys(KeysByOffset {
            keys: &keys,
            query_bias: &query_bias,
            segments: (kind == 3).then_some(Segments {
                of: segments,
                other: &other,
                query_bias: &other_bias,
            }),
        }),
    };
    let wanted = Wanted {
        values: true,
        maps: true,
        arcs: Some(WantedArcs {
            min_attention: 1.25 / tokens as f32,
            window: 0..tokens,
        }),
    };
    let layer = Layer {
        isa,
        qkv: (&qkv, stride),
        shape: &shape,
        relative,
        wanted: &wanted,
    };
    let attend = |threads| {
        let mut maps = vec![f32::NAN; 2 * tokens * tokens];
        let mut scratches: Vec<Scratch> = (0..threads).map(|_| Scratch::default()).collect();
        let mut context = vec![f32::NAN; tokens * width];
        let mut arcs = vec![];
        let given = Given {
            maps: &mut maps,
            arcs: &mut arcs,
            context: &mut context,
        };
        layer.attend(&mut scratches, given).expect("finite");
        (maps, arcs, context)
    };
    let (maps, arcs, context) = attend(1);
    assert_eq!(
        arcs.len(),
        maps.iter().filter(|a| **a >= 1.25 / tokens as f32).count()
    );
    for threads in [2, 3] {
        assert!(attend(threads) == (maps.clone(), arcs.clone(), context.clone()));
    }

    let at = |token: usize, part: usize, head: usize, i: usize| {
        f64::from(qkv[token * stride + part * width + head * 3 + i])
    };
    let dot = |from: usize, head: usize, bias: &[f32], other: &dyn Fn(usize) -> f64| {
        let term = |i: usize| (at(from, 0, head, i) + f64::from(bias[head * 3 + i])) * other(i);
        (0..3).map(term).sum::<f64>()
    };
    let added = |head: usize, from: usize, to: usize| {
        let offset = to + tokens - 1 - from;
        let key = |i: usize| f64::from(keys[offset * width + head * 3 + i]);
        let other = |i: usize| f64::from(other[head * 3 + i]);
        let apart = kind == 3 && segments[from] != segments[to];
        match kind {
            0 => 0.0,
            1 => f64::from(bias[head * offsets + offset]),
            _ if apart => dot(from, head, &query_bias, &key) + dot(from, head, &other_bias, &other),
            _ => dot(from, head, &query_bias, &key),
        }
    };
    for (head, from) in (0..2).flat_map(|head| (0..tokens).map(move |from| (head, from))) {
        let score = |to: usize| {
            let content = dot(from, head, &[0.0; 6], &|i| at(to, 1, head, i));
            (0.7 * (content + added(head, from, to))).exp()
        };
        let scores: Vec<f64> = (0..tokens).map(score).collect();
        let total: f64 = scores.iter().sum();
        for (to, score) in scores.iter().enumerate() {
            let found = f64::from(maps[(head * tokens + from) * tokens + to]);
            let error = (found - score / total).abs();
            assert!(
                error < 3e-6,
                "{isa:?} {tokens} {kind} {head} {from} {to}: {error}"
            );
        }
        for i in 0..3 {
            let expected: f64 = (0..tokens)
                .map(|to| scores[to] / total * at(to, 2, head, i))
                .sum();
            assert!((f64::from(context[from * width + head * 3 + i]) - expected).abs() < 1e-5);
        }
    }
}
