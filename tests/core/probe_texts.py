"""Small texts of our own in the formats that tasks of probes are read from."""

import io
import tarfile

import pyarrow as pa

from ontogeny.corpus.treebank import Sentence, write_conllu_file


def tree(words, upos, heads, relations, *, xpos=None, sense=None, **comments):
    """A sentence; each argument is blank-separated, `sense` too ("_": none)."""
    words = tuple(words.split())
    senses = (sense or "_ " * len(words)).split()
    return Sentence(
        words,
        tuple(upos.split()),
        tuple((xpos or upos).split()),
        tuple(map(int, heads.split())),
        tuple(relations.split()),
        tuple(
            {} if one == "_" else {"Sem": one, "SemCoarse": one[0]} for one in senses
        ),
        {key.replace("newdoc", "newdoc id"): value for key, value in comments.items()},
    )


def treebank(path, *trees):
    """A file of CoNLL-U."""
    write_conllu_file(trees, path)
    return path


def archive(path, **texts):
    """A tar archive compressed by zstandard; `__` in a name stands for `/`."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as file:
        folder = tarfile.TarInfo("data/folder")
        folder.type = tarfile.DIRTYPE
        file.addfile(folder)
        for name, text in texts.items():
            about = tarfile.TarInfo(name.replace("__", "/"))
            about.size = len(text.encode())
            file.addfile(about, io.BytesIO(text.encode()))
    with pa.output_stream(str(path), compression="zstd") as file:
        file.write(stream.getvalue())
    return path


def words_and_labels(document):
    """The words of a document of one sentence, and the label of each that has one."""
    (sentence,) = document.sentences
    return [(sentence.words[word], label) for ((_, word),), label in document.items]


def pairs(document):
    """Child, head and label of a document's pairs, as words."""
    sentences = document.sentences
    return [
        (*(sentences[sentence].words[word] for sentence, word in at), label)
        for at, label in document.items
    ]
