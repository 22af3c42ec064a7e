//! How tensors are asked for.

use ::safetensors::Dtype;
use ::safetensors::tensor::TensorView;

use super::reference;
use crate::checkpoint::{Checkpoint, Fill, Weights};
use crate::error::Error;

/// Tensors of single precision, one value each.
fn stored(names: &[&str]) -> Vec<u8> {
    let values: Vec<_> = (1..=names.len())
        .map(|n| (n as f32).to_le_bytes())
        .collect();
    let views = names.iter().zip(&values).map(|(name, value)| {
        let view = TensorView::new(Dtype::F32, vec![1], value).unwrap();
        (*name, view)
    });
    ::safetensors::serialize(views, None).unwrap()
}

fn value(bytes: &[u8], name: &str) -> Result<f32, Error> {
    let mut checkpoint = Checkpoint::from_bytes(bytes)?.with_prefix("bert.");
    Ok(checkpoint.vector(name, 1, Fill::Ones)?[0])
}

#[test]
fn a_tensor_is_found_under_each_of_its_names() {
    for name in [
        "norm.weight",
        "bert.norm.weight",
        "module.norm.weight",
        "module.bert.norm.weight",
        "norm.gamma",
        "bert.norm.gamma",
        "module.bert.norm.gamma",
    ] {
        let bytes = stored(&["norm.bias", name, "norm.beta"]);
        assert_eq!(value(&bytes, "norm.weight").unwrap(), 2.0, "{name}");
        assert_eq!(value(&bytes, "norm.bias").unwrap(), 1.0, "{name}");
    }
    let bytes = stored(&["other.norm.weight", "norm.weights", "bert.bert.norm.weight"]);
    assert!(matches!(
        value(&bytes, "norm.weight"),
        Err(Error::MissingTensor {
            prefix: "bert.",
            ..
        })
    ));
}

#[test]
fn a_tensor_of_any_shape_is_a_matrix_of_its_first_axis() {
    let path = reference("checkpoints/views.bin");
    let mut checkpoint = Checkpoint::open(&Weights::at(path)).unwrap();
    assert_eq!(checkpoint.shape("permuted"), Some(&[4, 2, 3][..]));
    assert_eq!(checkpoint.shape("absent"), None);
    let tensor = checkpoint.tensor("permuted", &[4, 2, 3]).unwrap();
    // Element (i, j, k) is 12 j + 4 k + i.
    let row = [1.0, 5.0, 9.0, 13.0, 17.0, 21.0];
    assert_eq!(tensor.view().dim(), (4, 6));
    assert_eq!(tensor.view().row(1).to_vec(), row);
    assert!(matches!(
        checkpoint.tensor("permuted", &[4, 6]),
        Err(Error::TensorShape { expected, .. }) if expected == [4, 6]
    ));
    let mut random = Checkpoint::random(1);
    assert_eq!(random.tensor("x", &[4, 2, 3]).unwrap().view().dim(), (4, 6));
    assert_eq!((random.parameters(), random.dtype()), (24, None));
}

#[test]
fn the_format_of_most_weights_is_told() {
    let path = reference("checkpoints/views.bin");
    let mut checkpoint = Checkpoint::open(&Weights::at(path)).unwrap();
    let mut dtype = |name: &str, length| {
        checkpoint.vector(name, length, Fill::Zeros).unwrap();
        checkpoint.dtype().unwrap().to_string()
    };
    assert_eq!(dtype("half", 3), "F16");
    assert_eq!(dtype("double", 2), "F16");
    assert_eq!(dtype("double", 2), "F64");
    assert_eq!(dtype("brain", 3), "F64");
    assert_eq!(checkpoint.parameters(), 10);
    for name in ["long", "byte", "bool"] {
        assert!(matches!(
            checkpoint.vector(name, 4, Fill::Zeros),
            Err(Error::TensorType { .. })
        ));
    }
}
