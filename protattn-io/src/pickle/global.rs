//! The names that a pickle may ask for.

use super::Element;

/// A name that a pickle may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Global {
    /// `numpy`: an empty array, to be given its state.
    Reconstruct,
    NdArray,
    Dtype,
    Scalar,
    FromBuffer,
    /// How protocols before 3 write bytes: text, and the call that encodes it.
    Encode,
    OrderedDict,
    /// `torch`: the class of a storage of such elements.
    Storage(Element),
    /// A tensor over a storage, of the two forms that differ in what follows the strides.
    RebuildTensor,
    /// A tensor that is to be trained.
    RebuildParameter,
}

impl Global {
    /// The global of this name; NumPy 2 moved `numpy.core` to `numpy._core`.
    pub(super) fn find(module: &str, name: &str) -> Option<Self> {
        Some(match (module, name) {
            ("numpy.core.multiarray" | "numpy._core.multiarray", "_reconstruct") => {
                Self::Reconstruct
            }
            ("numpy.core.multiarray" | "numpy._core.multiarray", "scalar") => Self::Scalar,
            ("numpy.core.numeric" | "numpy._core.numeric", "_frombuffer") => Self::FromBuffer,
            ("numpy", "ndarray") => Self::NdArray,
            ("numpy", "dtype") => Self::Dtype,
            ("_codecs", "encode") => Self::Encode,
            ("collections", "OrderedDict") => Self::OrderedDict,
            ("torch._utils", "_rebuild_tensor" | "_rebuild_tensor_v2") => Self::RebuildTensor,
            ("torch._utils", "_rebuild_parameter") => Self::RebuildParameter,
            ("torch", class) => Self::Storage(stored_element(class)?),
            _ => return None,
        })
    }
}

/// What a storage class of PyTorch holds.
fn stored_element(class: &str) -> Option<Element> {
    Some(match class {
        "BoolStorage" => Element::Bool,
        "ByteStorage" => Element::U8,
        "CharStorage" => Element::I8,
        "ShortStorage" => Element::I16,
        "IntStorage" => Element::I32,
        "LongStorage" => Element::I64,
        "HalfStorage" => Element::F16,
        "BFloat16Storage" => Element::BF16,
        "FloatStorage" => Element::F32,
        "DoubleStorage" => Element::F64,
        _ => return None,
    })
}
