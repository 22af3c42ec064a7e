"""Makes the sentencepiece models of this folder, and golden.json: what sentencepiece makes of
sequences, with the special tokens of XLNet.

Made with Python 3, sentencepiece 0.2.3, protobuf 7.36; seed 1. The models are trained on random
residues; those that training does not give are edited.
"""

import json
import random
from io import BytesIO
from pathlib import Path

import sentencepiece
from sentencepiece import sentencepiece_model_pb2 as proto

FOLDER = Path(__file__).parent
RESIDUES = "ACDEFGHIKLMNPQRSTVWY"
SPECIAL = ["<cls>", "<sep>", "<pad>", "<mask>", "<eod>", "<eop>"]
NORMAL, CONTROL, USER_DEFINED, UNUSED = 1, 3, 4, 5
SEQUENCES = ["M", "X", "J", "MKT", "XMKT", "MKTJ", "MXK", "MXXK", "MJKX", "MXJK", "UZOB", "MKUT"]


def train(kind, residues, size):
    rows = (" ".join(random.choices(residues, k=60)) for _ in range(400))
    model = BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=rows,
        model_writer=model,
        model_type=kind,
        vocab_size=size,
        hard_vocab_limit=False,
        control_symbols=SPECIAL,
        normalization_rule_name="identity",
        num_threads=1,
        minloglevel=2,
    )
    return proto.ModelProto.FromString(model.getvalue())


def without(model, pieces):
    edited = proto.ModelProto()
    edited.CopyFrom(model)
    del edited.pieces[:]
    edited.pieces.extend(piece for piece in model.pieces if piece.piece not in pieces)
    return edited


def with_piece(model, text, score, kind):
    edited = without(model, [text])
    edited.pieces.add(piece=text, score=score, type=kind)
    return edited


def models():
    # Every residue and X, each with and without the mark of a word, and the mark.
    unigram = train("unigram", RESIDUES + "X", 60)
    yield "unigram", unigram
    # X without the mark only: two tokens for each.
    split = without(unigram, ["▁X"])
    yield "unigram_split", split
    # No letter without the mark, nor the mark: as ProtXLNet, an unknown residue is one token.
    yield "unigram_bare", without(split, ["▁", *RESIDUES, "X"])
    # The mark and an unknown letter: two tokens for J, and one for M, but for its low score.
    low = without(split, ["X"])
    yield "unigram_low", with_piece(low, "▁M", -40.0, NORMAL)
    # A piece of the user's is likelier than its own score says, and one not used is never taken.
    user = with_piece(unigram, "X", -9.0, USER_DEFINED)
    user = with_piece(user, "▁X", -3.5, NORMAL)
    yield "unigram_user", with_piece(user, "▁K", -1.0, UNUSED)
    yield "word", train("word", RESIDUES, 40)
    yield "word_x", train("word", RESIDUES + "X", 40)


def sequences():
    yield from SEQUENCES
    for letters in (RESIDUES, RESIDUES + "X", RESIDUES + "XXXXJJUO"):
        for _ in range(4):
            yield "".join(random.choices(letters, k=40))


def main():
    random.seed(1)
    golden = {}
    for name, model in models():
        content = model.SerializeToString()
        (FOLDER / f"{name}.model").write_bytes(content)
        processor = sentencepiece.SentencePieceProcessor(model_proto=content)
        golden[name] = []
        for sequence in sequences():
            read = "".join("X" if letter in "UZOB" else letter for letter in sequence)
            ids = processor.encode(" ".join(read))
            frame = [processor.piece_to_id("<sep>"), processor.piece_to_id("<cls>")]
            golden[name].append({"sequence": sequence, "input_ids": ids + frame})
    rows = json.dumps(golden).replace("}, {", "},\n{").replace("[{", "[\n{")
    (FOLDER / "golden.json").write_text(rows + "\n")


if __name__ == "__main__":
    main()
