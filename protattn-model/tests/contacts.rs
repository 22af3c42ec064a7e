//! Contacts from attention: against transformers (see `reference/contacts/make.py`), by hand, and
//! for any model.

use protattn_model::ndarray::{Array2, Array3, ArrayView2, Axis, array};
use protattn_model::{
    ContactHead, Contacts, Error, Model, Output, Sink, SpecialTokens, Tokens, Workspace,
};
use safetensors::{Dtype, SafeTensors};
use serde_json::Value;

use crate::common::{Keep, Part, Parts, floats, read, tokens};

const WEIGHT: &str = "contact_head.regression.weight";
const BIAS: &str = "contact_head.regression.bias";
const TOLERANCE: f64 = 1e-5;

fn predict(model: &Model, head: &ContactHead, tokens: &Tokens) -> Array2<f32> {
    let mut contacts = Contacts::new(head, model.info()).unwrap();
    model
        .forward(tokens, &mut Workspace::new(), &mut contacts)
        .unwrap();
    contacts.probabilities().unwrap()
}

fn assert_near(found: ArrayView2<'_, f32>, expected: ArrayView2<'_, f64>, what: &str) {
    assert_eq!(found.dim(), expected.dim(), "{what}");
    for (at, &probability) in found.indexed_iter() {
        let difference = (f64::from(probability) - expected[at]).abs();
        assert!(difference <= TOLERANCE, "{what} {at:?}: {difference}");
    }
    assert_eq!(found, found.t(), "{what}");
}

fn part(values: &[f32], shape: &[usize]) -> Part {
    Part {
        dtype: Dtype::F32,
        shape: shape.to_vec(),
        data: values.iter().flat_map(|v| v.to_le_bytes()).collect(),
    }
}

#[test]
fn they_are_those_of_transformers() {
    for (name, prefix) in [("esm2", "esm."), ("esm1b", "")] {
        let bytes = read("contacts", &format!("{name}.safetensors"));
        let file = SafeTensors::deserialize(&bytes).unwrap();
        let values = |tensor: &str| floats(&file.tensor(tensor).unwrap());
        let mut parts = Parts::of(name);
        for (tensor, stored, shape) in
            [(WEIGHT, "weight", [1, 12].as_slice()), (BIAS, "bias", &[1])]
        {
            parts.tensors.remove(tensor).unwrap();
            let tensor = format!("{prefix}{tensor}");
            parts.tensors.insert(tensor, part(&values(stored), shape));
        }
        let model = parts.load().unwrap();
        let head = model.contact_head().unwrap();
        let weights = Array2::from_shape_vec((3, 4), values("weight")).unwrap();
        assert_eq!(*head, ContactHead::new(weights, -1.0).unwrap());

        let json: Value = serde_json::from_slice(&read(name, "golden.json")).unwrap();
        let sequences = json["sequences"].as_array().unwrap();
        assert_eq!(sequences.len(), 4);
        for (k, entry) in sequences.iter().enumerate() {
            let sequence = entry["sequence"].as_str().unwrap();
            let tokens = model.tokenizer().encode(sequence, None).unwrap();
            let expected = values(&format!("contacts.{k}"));
            let shape = (sequence.len(), sequence.len());
            let expected = Array2::from_shape_vec(shape, expected).unwrap();
            let found = predict(&model, head, &tokens);
            assert_near(found.view(), expected.mapv(f64::from).view(), name);
        }
    }
}

/// Every feature kept, then weighted: the formula as it is written.
fn by_definition(model: &Model, head: &ContactHead, tokens: &Tokens) -> Array2<f64> {
    let keep = Keep::new(|_| true).run_tokens(model, tokens, SpecialTokens::Cut);
    let n = tokens.residues().len();
    let mut logits = Array2::from_elem((n, n), f64::from(head.bias()));
    for (layer, maps) in &keep.attention {
        for (map, weight) in maps.outer_iter().zip(head.weights().row(*layer)) {
            let map = map.mapv(f64::from);
            let map = &map + &map.t();
            let rows = map.sum_axis(Axis(1));
            for ((i, j), logit) in logits.indexed_iter_mut() {
                let common = rows[i] * rows[j] / rows.sum();
                *logit += f64::from(*weight) * (map[[i, j]] - common);
            }
        }
    }
    logits.mapv(|x| 1.0 / (1.0 + (-x).exp()))
}

#[test]
fn a_head_from_elsewhere_serves_every_family() {
    let weight = |(layer, head): (usize, usize)| 9.0 * (layer as f32 - 1.0) + head as f32;
    let head = ContactHead::new(Array2::from_shape_fn((3, 4), weight), -0.5).unwrap();
    for name in [
        "bert",
        "tape_bert",
        "albert",
        "electra",
        "esm1b",
        "t5",
        "xlnet",
    ] {
        let model = Parts::of(name).load().unwrap();
        let ids = [2, 5, 6, 21, 7, 7, 29, 10, 3];
        // Special tokens on either side, and none.
        for residues in [1..9, 0..8, 1..8, 0..9, 4..5] {
            let tokens = Tokens::new(ids.to_vec(), residues).unwrap();
            let found = predict(&model, &head, &tokens);
            let expected = by_definition(&model, &head, &tokens);
            assert_near(found.view(), expected.view(), name);
        }
    }
}

/// A model of one layer and two heads, for what is said of its shape.
fn one_layer() -> Model {
    let config = br#"{"model_type": "bert", "vocab_size": 30, "hidden_size": 4,
        "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 4}"#;
    Model::random(config, None, 1).unwrap()
}

#[test]
fn two_residues_can_be_done_by_hand() {
    let head = ContactHead::new(array![[10.0, 5.0]], 0.25).unwrap();
    let model = one_layer();
    let mut contacts = Contacts::new(&head, model.info()).unwrap();
    // The first head: made symmetric 0.2, 0.5, 0.5, 0.8; rows 0.7 and 1.3, together 2; in common
    // 0.245, 0.455, 0.845; left -0.045, 0.045, -0.045. The second pays no attention.
    let mut maps = Array3::zeros((2, 2, 2));
    maps.index_axis_mut(Axis(0), 0)
        .assign(&array![[0.1, 0.3], [0.2, 0.4]]);
    contacts.attention(0, maps.view()).unwrap();
    // 1 / (1 + exp(0.2)) and 1 / (1 + exp(-0.7)).
    let expected = array![[0.450_166_0, 0.668_187_8], [0.668_187_8, 0.450_166_0]];
    assert_near(
        contacts.probabilities().unwrap().view(),
        expected.view(),
        "by hand",
    );
}

#[test]
fn the_sink_gives_the_contacts_of_the_last_whole_pass() {
    let model = Parts::of("esm2").load().unwrap();
    let head = model.contact_head().unwrap();
    let mut contacts = Contacts::new(head, model.info()).unwrap();
    assert!(contacts.probabilities().is_none());
    for ids in [
        &[0, 5, 6, 21, 2][..],
        &[0, 7, 8, 9, 2],
        &[0, 5, 5, 2],
        &[0, 5, 6, 21, 7, 2],
    ] {
        let tokens = tokens(ids);
        let mut workspace = Workspace::new();
        model
            .forward(&tokens, &mut workspace, &mut contacts)
            .unwrap();
        assert_eq!(
            contacts.probabilities().unwrap(),
            predict(&model, head, &tokens)
        );
    }
    // The first layer of a pass that went no further, and maps of another pass.
    contacts
        .attention(0, Array3::zeros((4, 2, 2)).view())
        .unwrap();
    assert!(contacts.probabilities().is_none());
    for shape in [(4, 3, 3), (3, 2, 2)] {
        let error = contacts.attention(1, Array3::zeros(shape).view());
        assert!(
            error
                .unwrap_err()
                .to_string()
                .contains("for contacts of (4, 2, 2)")
        );
    }
    contacts
        .attention(1, Array3::zeros((4, 2, 2)).view())
        .unwrap();
    contacts
        .attention(2, Array3::zeros((4, 2, 2)).view())
        .unwrap();
    let bias = 1.0 / (1.0 + f64::from(-head.bias()).exp());
    let expected = Array2::from_elem((2, 2), bias);
    assert_near(
        contacts.probabilities().unwrap().view(),
        expected.view(),
        "no attention",
    );
}

#[test]
fn layers_without_weight_are_not_asked_for() {
    let model = Parts::of("bert").load().unwrap();
    let mut weights = Array2::zeros((3, 4));
    weights[[1, 2]] = 5.0;
    let wanted = |weights: &Array2<f32>| {
        let head = ContactHead::new(weights.clone(), 1.0).unwrap();
        let contacts = Contacts::new(&head, model.info()).unwrap();
        let wants = |layer| contacts.wants(Output::Attention { layer });
        assert!(!(0..4).any(|level| contacts.wants(Output::HiddenStates { level })));
        assert!(!wants(3));
        let probabilities = predict(&model, &head, &tokens(&[2, 5, 6, 21, 3]));
        let expected = by_definition(&model, &head, &tokens(&[2, 5, 6, 21, 3]));
        assert_near(probabilities.view(), expected.view(), "zeros");
        [0, 1, 2].map(wants)
    };
    assert_eq!(wanted(&weights), [true, true, false]);
    weights[[1, 2]] = 0.0;
    assert_eq!(wanted(&weights), [true, false, false]);
}

#[test]
fn a_head_must_fit_its_model() {
    let head = ContactHead::new(Array2::zeros((3, 4)), 0.0).unwrap();
    let error = Contacts::new(&head, one_layer().info()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the contact head is one for 3 layers of 4 heads, but the model has 1 of 2"
    );
    let mut weights = Array2::zeros((3, 4));
    weights[[1, 2]] = f32::NAN;
    let error = ContactHead::new(weights, 0.0).unwrap_err();
    assert!(matches!(error, Error::NonFiniteWeight { tensor, index: 6 } if tensor == WEIGHT));
    let error = ContactHead::new(Array2::zeros((3, 4)), f32::INFINITY).unwrap_err();
    assert!(matches!(error, Error::NonFiniteWeight { tensor, index: 0 } if tensor == BIAS));
}

#[test]
fn a_head_is_read_where_there_is_one_and_counts_for_nothing_else() {
    let mut parts = Parts::of("esm2");
    let with = parts.load().unwrap();
    assert!(with.contact_head().is_some());
    let (weight, bias) = (parts.tensors.remove(WEIGHT), parts.tensors.remove(BIAS));
    let without = parts.load().unwrap();
    assert!(without.contact_head().is_none());
    assert_eq!(without.info(), with.info());
    for name in ["bert", "albert", "electra", "t5", "xlnet"] {
        assert!(Parts::of(name).load().unwrap().contact_head().is_none());
    }

    let weight = weight.unwrap();
    parts.tensors.insert(WEIGHT.to_owned(), weight.clone());
    assert!(matches!(parts.error(), Error::MissingTensor { tensor, .. } if tensor == BIAS));
    parts.tensors.insert(BIAS.to_owned(), bias.unwrap());
    let broken = [part(&[0.0; 11], &[1, 11]), part(&[f32::NAN; 12], &[1, 12])];
    let [shape, finite] = broken.map(|part| {
        parts.tensors.insert(WEIGHT.to_owned(), part);
        parts.error()
    });
    assert!(matches!(
        shape,
        Error::TensorShape { tensor, found, expected }
            if tensor == WEIGHT && found == [1, 11] && expected == [1, 12]
    ));
    assert!(matches!(finite, Error::NonFiniteWeight { tensor, .. } if tensor == WEIGHT));
}
