//! The published models that have a short name.

/// A published model that stands under a short name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KnownModel {
    /// The short name, such as `prot-bert-bfd`.
    pub name: &'static str,
    /// Where it is to be had.
    pub origin: Origin,
    /// Its architecture, as `model_type` in its `config.json` says it.
    pub family: &'static str,
    /// What it is, in a few words.
    pub note: &'static str,
}

/// Where a published model is to be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// The Hugging Face hub.
    Hub {
        /// The model's id, `organisation/name`.
        id: &'static str,
        /// The revision that is fetched: a commit where one has been published in full, else a
        /// branch.
        revision: &'static str,
        /// How the commit must begin that the revision stands for, where that is known; a branch
        /// that has moved on is an error and not another model under the same name.
        commit: Option<&'static str>,
    },
    /// The address at which TAPE publishes its files. It has no revisions.
    Tape,
}

const fn model(
    name: &'static str,
    origin: Origin,
    family: &'static str,
    note: &'static str,
) -> KnownModel {
    KnownModel {
        name,
        origin,
        family,
        note,
    }
}

/// A branch of a model on the hub, and how its commit must begin.
const fn branch(id: &'static str, revision: &'static str, commit: Option<&'static str>) -> Origin {
    Origin::Hub {
        id,
        revision,
        commit,
    }
}

/// A commit of a model on the hub.
const fn commit(id: &'static str, revision: &'static str) -> Origin {
    branch(id, revision, None)
}

/// The models with a short name.
///
/// Where the commit of a model has been published in full, it is the revision: the same bytes for
/// ever. Of the other models of ProtTrans the branch is known that holds them, and (but for
/// `prot-electra`) the first seven digits of its commit, which is compared. Three of these branches
/// are pull requests (`refs/pr/1`), because it is there that the model is in safetensors. Which
/// commit was used, [`Snapshot::commit`](super::Snapshot::commit) says in full.
pub const KNOWN: &[KnownModel] = &[
    model(
        "tape-bert",
        Origin::Tape,
        "bert",
        "TAPE, 12 layers x 12 heads, Pfam",
    ),
    model(
        "prot-bert",
        branch("Rostlab/prot_bert", "refs/pr/1", Some("53a33a9")),
        "bert",
        "ProtBert, 30 layers x 16 heads, UniRef100",
    ),
    model(
        "prot-bert-bfd",
        branch("Rostlab/prot_bert_bfd", "refs/pr/2", Some("5da01a7")),
        "bert",
        "ProtBert-BFD, 30 layers x 16 heads, BFD",
    ),
    model(
        "prot-albert",
        branch("Rostlab/prot_albert", "main", Some("2384f55")),
        "albert",
        "ProtAlbert, 12 layers x 64 heads, UniRef100",
    ),
    model(
        "prot-xlnet",
        branch("Rostlab/prot_xlnet", "refs/pr/1", Some("656cd42")),
        "xlnet",
        "ProtXLNet, 30 layers x 16 heads, UniRef100",
    ),
    model(
        "prot-electra",
        branch("Rostlab/prot_electra_discriminator_bfd", "main", None),
        "electra",
        "ProtElectra, the discriminator, BFD",
    ),
    model(
        "prot-t5",
        commit(
            "Rostlab/prot_t5_xl_half_uniref50-enc",
            "94a6abc029ae13029317b140b7424e012bf8dfbf",
        ),
        "t5",
        "ProtT5-XL-UniRef50, the encoder in half precision, 24 layers x 32 heads",
    ),
    model(
        "esm2-8m",
        commit(
            "facebook/esm2_t6_8M_UR50D",
            "c731040fcd8d73dceaa04b0a8e6329b345b0f5df",
        ),
        "esm",
        "ESM-2, 6 layers x 20 heads, UniRef50/D",
    ),
    model(
        "esm2-35m",
        commit(
            "facebook/esm2_t12_35M_UR50D",
            "6fbf070e65b0b7291e7bbcd451118c216cff79d8",
        ),
        "esm",
        "ESM-2, 12 layers x 20 heads, UniRef50/D",
    ),
    model(
        "esm2-150m",
        commit(
            "facebook/esm2_t30_150M_UR50D",
            "a695f6045e2e32885fa60af20c13cb35398ce30c",
        ),
        "esm",
        "ESM-2, 30 layers x 20 heads, UniRef50/D",
    ),
    model(
        "esm2-650m",
        commit(
            "facebook/esm2_t33_650M_UR50D",
            "08e4846e537177426273712802403f7ba8261b6c",
        ),
        "esm",
        "ESM-2, 33 layers x 20 heads, UniRef50/D",
    ),
    model(
        "esm2-3b",
        commit(
            "facebook/esm2_t36_3B_UR50D",
            "476b639933c8baad5ad09a60ac1a87f987b656fc",
        ),
        "esm",
        "ESM-2, 36 layers x 40 heads, UniRef50/D",
    ),
    model(
        "ankh-base",
        commit(
            "ElnaggarLab/ankh-base",
            "d99cb6b966530dfc2ae96bc69d9255c2a07308b0",
        ),
        "t5",
        "Ankh base, the encoder, 48 layers x 12 heads, UniRef50",
    ),
];

/// The known model of this name, if there is one.
#[must_use]
pub fn known(name: &str) -> Option<&'static KnownModel> {
    KNOWN.iter().find(|model| model.name == name)
}

#[cfg(test)]
mod tests {
    use super::super::name::{is_commit, is_revision, looks_like_id};
    use super::*;

    #[test]
    fn every_known_model_can_be_asked_for() {
        for (at, model) in KNOWN.iter().enumerate() {
            assert_eq!(
                known(model.name),
                Some(model),
                "the name is taken twice: {at}"
            );
            let Origin::Hub {
                id,
                revision,
                commit,
            } = model.origin
            else {
                continue;
            };
            assert!(looks_like_id(id), "{id}");
            assert!(is_revision(revision), "{revision}");
            assert!(!looks_like_id(model.name), "a short name is no id");
            let digits = commit.unwrap_or("0000000");
            assert!(
                digits.len() == 7 && is_commit(&digits.repeat(6)[..40]),
                "{digits}"
            );
        }
    }
}
