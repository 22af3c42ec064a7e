//! What a name may look like before it becomes part of a path or an address.

/// Whether a name has the form of a model's id on the hub, `organisation/name`.
///
/// Both parts have letters, digits, `-`, `_` and `.`, do not begin or end with `-` or `.`, and
/// have no `--` or `..`; together they have at most 96 characters. These are the hub's own rules.
///
/// ```
/// use protattn_model::hub::looks_like_id;
///
/// assert!(looks_like_id("Rostlab/prot_bert_bfd"));
/// assert!(!looks_like_id("models/mine/prot_bert"));
/// assert!(!looks_like_id("../prot_bert"));
/// ```
#[must_use]
pub fn looks_like_id(name: &str) -> bool {
    let Some((organisation, model)) = name.split_once('/') else {
        return false;
    };
    name.len() <= 96 && is_part(organisation) && is_part(model)
}

fn is_part(part: &str) -> bool {
    let marks = |character: char| character == '-' || character == '.';
    !part.is_empty()
        && !part.starts_with(marks)
        && !part.ends_with(marks)
        && !part.contains("--")
        && !part.contains("..")
        && part
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

/// Whether a revision is a commit: forty hexadecimal digits.
pub(super) fn is_commit(revision: &str) -> bool {
    revision.len() == 40
        && revision
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Whether a revision can be asked for: a commit, a tag, or a branch, which may have slashes.
pub(super) fn is_revision(revision: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.+".contains(&byte))
    };
    revision.len() <= 255 && revision.split('/').all(is_part)
}

/// Whether a name from the hub (a file of weights, an entity tag) can be that of a file.
pub(super) fn is_file_name(name: &str) -> bool {
    name.len() <= 200 && !name.contains('/') && is_revision(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_one_slash_and_nothing_that_leads_elsewhere() {
        for id in [
            "a/b",
            "Rostlab/prot_bert",
            "facebook/esm2_t6_8M_UR50D",
            "a-b/c.d",
        ] {
            assert!(looks_like_id(id), "{id}");
        }
        let long = format!("a/{}", "b".repeat(95));
        let wrong = [
            "", "a", "a/", "/b", "a/b/c", "../b", "a/..", "a/.b", "a/b-", "a--b/c", "a/b..c",
            "a b/c", "a/b?c", "a\\b/c", "å/b", &long,
        ];
        for id in wrong {
            assert!(!looks_like_id(id), "{id}");
        }
    }

    #[test]
    fn revisions_are_commits_branches_and_pull_requests() {
        let commit = "c731040fcd8d73dceaa04b0a8e6329b345b0f5df";
        assert!(is_commit(commit) && !is_commit(&commit[..7]) && !is_commit("refs/pr/1"));
        for revision in ["main", "refs/pr/1", "v1.0+b", commit] {
            assert!(is_revision(revision), "{revision}");
        }
        for revision in [
            "", "/", "a//b", "../a", "a/../b", "a b", "a%2F", "a?b", "a#b", ".git",
        ] {
            assert!(!is_revision(revision), "{revision}");
        }
    }

    #[test]
    fn names_of_files_stay_in_their_folder() {
        assert!(is_file_name("model-00001-of-00002.safetensors"));
        for name in ["", "..", "a/b", "/etc/passwd", ".hidden", "a\\b"] {
            assert!(!is_file_name(name), "{name}");
        }
    }
}
