//! The files that a tokenizer is read from.

/// A file of a tokenizer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenizerFile {
    /// `vocab.txt`: one token a line.
    Vocabulary,
    /// `spiece.model`: a sentencepiece model.
    Spiece,
    /// `spm_model.model`: a sentencepiece model by another name.
    SpmModel,
    /// `tokenizer.json`: whatever the library of Hugging Face can do.
    Json,
}

impl TokenizerFile {
    /// All of them. Of several in a folder the first is read: vocabularies and sentencepiece
    /// models are what the authors of the models trained with, and a `tokenizer.json` beside them
    /// is made from them.
    pub(crate) const ALL: [Self; 4] = [Self::Vocabulary, Self::Spiece, Self::SpmModel, Self::Json];

    /// The names they go by, for messages.
    pub(crate) const NAMES: &str = "vocab.txt, spiece.model, spm_model.model or tokenizer.json";

    /// The name it goes by.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Vocabulary => "vocab.txt",
            Self::Spiece => "spiece.model",
            Self::SpmModel => "spm_model.model",
            Self::Json => "tokenizer.json",
        }
    }

    /// The kind of file that these are the contents of.
    ///
    /// JSON opens with a brace. A sentencepiece model opens with the tag of its first piece, which
    /// as text is the end of a line, and no vocabulary has an empty token in its first line.
    pub(crate) fn recognise(contents: &[u8]) -> Self {
        match contents.first() {
            Some(b'{') => Self::Json,
            Some(b'\n') => Self::Spiece,
            _ => Self::Vocabulary,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_tell_the_kind_of_file() {
        for (contents, file) in [
            (b"[PAD]\n[UNK]\n".as_slice(), TokenizerFile::Vocabulary),
            (b"<cls>\n{\n", TokenizerFile::Vocabulary),
            (b"", TokenizerFile::Vocabulary),
            (b"\n\x0e\n\x05<unk>", TokenizerFile::Spiece),
            (b"{\n  \"version\": \"1.0\"", TokenizerFile::Json),
        ] {
            assert_eq!(TokenizerFile::recognise(contents), file, "{contents:?}");
        }
    }
}
