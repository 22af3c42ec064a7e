//! What T5 and XLNet have of their own: names that depend on what is stored, biases and segments.

use protattn_model::{Error, SpecialTokens, Tokens, Workspace};
use safetensors::Dtype;
use serde_json::json;

use crate::common::{Keep, Part, Parts, run, tokens};

fn protein() -> Tokens {
    tokens(&[12, 20, 17, 14, 11, 7, 11, 10, 3, 13, 15, 19, 1])
}

#[test]
fn one_segment_is_the_same_as_none_to_the_bit() {
    let model = Parts::of("xlnet").load().unwrap();
    let none = run(&model, &protein());
    for segment in [0, 2] {
        let one = protein().with_segments(vec![segment; 13]).unwrap();
        assert_eq!(run(&model, &one).hidden, none.hidden);
    }
    // And one pass with segments leaves none behind in the workspace.
    let mut workspace = Workspace::new();
    let mut segments = vec![0; 13];
    segments[12] = 2;
    let two = protein().with_segments(segments).unwrap();
    for (tokens, equal) in [(&two, false), (&protein(), true)] {
        let mut found = Keep::new(|_| true);
        model
            .forward_with(tokens, SpecialTokens::Keep, &mut workspace, &mut found)
            .unwrap();
        assert_eq!(found.hidden == none.hidden, equal);
    }
}

#[test]
fn segments_are_refused_where_they_would_be_ignored() {
    let tokens = protein().with_segments(vec![0; 13]).unwrap();
    for name in ["bert", "t5"] {
        let model = Parts::of(name).load().unwrap();
        let error = model
            .forward(&tokens, &mut Workspace::new(), &mut Keep::new(|_| true))
            .unwrap_err();
        let expected =
            format!("the tokens are in segments, which a model of the family {name} does not take");
        assert_eq!(error.to_string(), expected);
    }
    let error = protein().with_segments(vec![0; 12]).unwrap_err();
    assert!(matches!(
        error,
        Error::SegmentCount {
            found: 12,
            tokens: 13
        }
    ));
}

#[test]
fn names_with_and_without_what_stands_around_the_encoder() {
    let alone = |name: &str| name.trim_start_matches("encoder.").to_owned();
    let untied = |name: &str| name.replace("shared", "encoder.embed_tokens");
    let expected = run(&Parts::of("t5").load().unwrap(), &protein());
    for rename in [&untied as &dyn Fn(&str) -> String, &|name| {
        alone(&untied(name))
    }] {
        let mut parts = Parts::of("t5");
        parts.tensors = std::mem::take(&mut parts.tensors)
            .into_iter()
            .map(|(name, part)| (rename(&name), part))
            .collect();
        let found = run(&parts.load().unwrap(), &protein());
        assert_eq!(found.hidden, expected.hidden);
    }
}

#[test]
fn decoders_and_heads_are_left_alone() {
    for (name, others) in [
        (
            "t5",
            [
                "decoder.block.0.layer.0.SelfAttention.q.weight",
                "lm_head.weight",
            ],
        ),
        (
            "xlnet",
            ["lm_loss.weight", "sequence_summary.summary.weight"],
        ),
    ] {
        let whole = Parts::of(name);
        let mut parts = Parts::of(name);
        for other in others {
            let part = Part {
                dtype: Dtype::I64,
                shape: vec![1],
                data: vec![0; 8],
            };
            parts.tensors.insert(other.to_owned(), part);
        }
        let (found, expected) = (parts.load().unwrap(), whole.load().unwrap());
        assert_eq!(found.info(), expected.info());
    }
}

#[test]
fn biases_of_each_layer_are_used_even_if_untie_r_is_false() {
    let mut parts = Parts::of("xlnet");
    let expected = run(&parts.load().unwrap(), &protein());
    parts.config["untie_r"] = json!(false);
    assert_eq!(
        run(&parts.load().unwrap(), &protein()).hidden,
        expected.hidden
    );
}

/// Token embeddings of T5 are drawn from N(0, 1), its other matrices from narrower distributions.
#[test]
fn a_random_t5_is_drawn_as_t5_is_initialised() {
    let random = run(&Parts::of("t5").random(), &protein());
    let embeddings = &random.hidden[&0];
    let n = embeddings.len() as f32;
    let mean_square = embeddings.iter().map(|x| x * x).sum::<f32>() / n;
    // Five standard errors, had no token occurred twice; two of thirteen do.
    assert!((mean_square - 1.0).abs() < 6.0 * (2.0 / n).sqrt());
    // Scores deviate by 1 or so: attention is neither even nor all on one residue.
    let strongest = random.attention.values().flatten().copied();
    let strongest = strongest.fold(0.0, f32::max);
    assert!((0.15..0.95).contains(&strongest), "{strongest}");
}
