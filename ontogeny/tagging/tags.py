"""Tags for words that are already tokens: universal parts of speech from spaCy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from spacy.language import Language
from spacy.tokens import Doc

from ontogeny.corpus.treebank import Sentence
from ontogeny.errors import InputError
from ontogeny.tagging.upos import UNTAGGED, UPOS

# ASSUME: an unknown word is read as "xxxx"; the paper does not say. Its own tag
# enters no statistic; of a dozen forms put in place of the words of English-EWT
# and PUD that WikiText-2 lacks, this one disturbed the tags around it least.
# "unk", taken for a lowercase adjective, cost up to 0.3 points more.
PLAIN_FORMS = {"<unk>": "xxxx", "@-@": "-", "@,@": ",", "@.@": "."}
BLANK = "_"


def normalise(words: Iterable[str], *, lowercase: bool) -> list[str]:
    """Words as a tagger should see them, one for one.

    The marks of tokenised corpora become plain forms (`<unk>` and WikiText's
    `@-@`, `@,@`, `@.@`), an empty or blank word becomes "_".

    Args:
        words: Surface forms.
        lowercase: Whether to lowercase too: for treebanks, where the corpus
            to be tagged comes lowercased.

    >>> normalise(["Well", "@-@", "<unk>", ""], lowercase=True)
    ['well', '-', 'xxxx', '_']
    """
    plain = (PLAIN_FORMS.get(word, word if word.strip() else BLANK) for word in words)
    return [word.lower() for word in plain] if lowercase else list(plain)


def tag_sentences(
    nlp: Language, sentences: Iterable[Sequence[str]], *, batch_size: int = 128
) -> Iterator[list[int]]:
    """Tag sentences as they are tokenised, in order, in this process.

    Words are normalised first, never lowercased: cased text is tagged cased.
    Several processes in spaCy are slower than one; split the corpus instead.

    Args:
        nlp: From `load_pipeline`.
        sentences: Words of one sentence each; an empty sentence is allowed.
        batch_size: Sentences per call of the network; the tags do not depend
            on it.

    Yields:
        For each sentence, as many indices into UPOS as it has words, each
        small enough for int8; whatever is no universal tag is "X".

    Raises:
        InputError: If the pipeline has no component that sets tags.
    """
    attribute = upos_attribute(nlp)
    indices = {nlp.vocab.strings.add(tag): index for index, tag in enumerate(UPOS)}
    unknown = UPOS.index("X")
    docs = (Doc(nlp.vocab, normalise(words, lowercase=False)) for words in sentences)
    for doc in nlp.pipe(docs, batch_size=batch_size):
        tags = doc.to_array(attribute).tolist()
        yield [indices.get(tag, unknown) for tag in tags]


def gold_tags(sentence: Sentence) -> list[str]:
    """The universal tags of an annotated sentence, "" where a word has none.

    Raises:
        InputError: If a tag is not universal.
    """
    for word, tag in zip(sentence.words, sentence.upos, strict=True):
        if tag != UNTAGGED and tag not in UPOS:
            raise InputError(
                f"the treebank tags {word!r} as {tag!r}, which is not one of the "
                f"universal tags ({' '.join(UPOS)}): convert the fourth column."
            )
    return ["" if tag == UNTAGGED else tag for tag in sentence.upos]


def upos_attribute(nlp: Language) -> str:
    """Where a pipeline leaves its universal tags: "TAG" or "POS".

    A tagger that has learnt universal tags writes them to `token.tag`; the
    published pipelines keep their language's own tags there and map them to,
    or predict, `token.pos`.

    Raises:
        InputError: If the pipeline does neither.
    """
    pipes = {nlp.get_pipe_meta(name).factory: pipe for name, pipe in nlp.pipeline}
    labels = set(getattr(pipes.get("tagger"), "labels", ()))
    if labels and labels <= set(UPOS):
        return "TAG"
    if "morphologizer" in pipes or {"tagger", "attribute_ruler"} <= set(pipes):
        return "POS"
    raise InputError(
        f"the spaCy pipeline has no component that gives universal part-of-speech "
        f"tags (it has: {', '.join(nlp.pipe_names) or 'none'}): choose one with a "
        f"tagger and an attribute_ruler, or with a morphologizer."
    )
