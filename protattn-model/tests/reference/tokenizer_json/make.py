"""Makes the files of this folder, and golden.json: the token ids that the library gives sequences.

Made with Python 3, transformers 5.23.0, tokenizers 0.23.3; no randomness.
"""

import json
from pathlib import Path

from tokenizers import Regex, Tokenizer
from tokenizers.models import Unigram, WordLevel
from tokenizers.pre_tokenizers import Metaspace, Sequence, Split, WhitespaceSplit
from tokenizers.processors import TemplateProcessing
from transformers import BertTokenizerFast

FOLDER = Path(__file__).parent
# The letters in the order of each model.
PROT_BERT = "LAGVESIKRDTPNQFYMHCWXUBZO"
ANKH = "ALGVSREDTIPKFQNYMHWCXBOUZ"
ESM = "LAGVSERTIDPKQNFYMHWCXBUZO"
SEQUENCES = ["M", "MKTAYIAKQR", "ACDEFGHIKLMNPQRSTVWY", "MXXK", "MUZOBK"]


def bert():
    """A tokenizer as transformers writes it for ProtBert, with cutting and padding left on."""
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    vocabulary = {token: i for i, token in enumerate([*special, *PROT_BERT])}
    tokenizer = BertTokenizerFast(vocab=vocabulary, do_lower_case=False).backend_tokenizer
    tokenizer.enable_truncation(max_length=4)
    tokenizer.enable_padding(length=8)
    return tokenizer


def ankh(mark):
    """144 tokens, the last of them sentinels, as in Ankh; the letters with or without a mark."""
    letters = [(mark + letter, -2.0 - i / 100) for i, letter in enumerate(ANKH)]
    special = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    sentinels = [(f"<extra_id_{i}>", 0.0) for i in range(144 - len(special) - len(letters))]
    tokenizer = Tokenizer(Unigram([*special, *letters, *sentinels], unk_id=2))
    tokenizer.add_special_tokens([token for token, _ in [*special, *sentinels]])
    space = Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.pre_tokenizer = Sequence([WhitespaceSplit(), space]) if mark else WhitespaceSplit()
    tokenizer.post_processor = TemplateProcessing(
        single=["$A", "</s>"], pair=["$A", "</s>", "$B", "</s>"], special_tokens=[("</s>", 1)]
    )
    return tokenizer


def esm():
    """A list of words, cut at every letter."""
    tokens = ["<cls>", "<pad>", "<eos>", "<unk>", *ESM, ".", "-", "<null_1>", "<mask>"]
    vocabulary = {token: i for i, token in enumerate(tokens)}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = Split(Regex("."), "isolated")
    tokenizer.post_processor = TemplateProcessing(
        single=["<cls>", "$A", "<eos>"], special_tokens=[("<cls>", 0), ("<eos>", 2)]
    )
    return tokenizer


def golden(tokenizer, rare_as_x):
    tokenizer.no_truncation()
    tokenizer.no_padding()
    for sequence in SEQUENCES:
        letters = ["X" if rare_as_x and letter in "UZOB" else letter for letter in sequence]
        ids = tokenizer.encode(letters, is_pretokenized=True).ids
        spaced = tokenizer.encode(" ".join(letters)).ids
        # Cut at every letter, the spaces between are letters as well.
        assert ids == spaced or "<cls>" in tokenizer.get_vocab()
        yield {"sequence": sequence, "input_ids": ids}


def main():
    tokenizers = {
        "bert": bert(), "ankh": ankh("▁"), "ankh_unmarked": ankh(""), "esm": esm()
    }
    rows = {}
    for name, tokenizer in tokenizers.items():
        tokenizer.save(str(FOLDER / f"{name}.json"), pretty=False)
        rows[name] = list(golden(tokenizer, rare_as_x=name == "bert"))
    (FOLDER / "golden.json").write_text(json.dumps(rows).replace("}, {", "},\n{") + "\n")


if __name__ == "__main__":
    main()
