"""What the study of predefined sparseness is made of: treebank, texts, networks."""

from ontogeny.studies.predefined.taggers import taggers

PREDEFINED = SETTINGS.predefined
PREDEFINED_SEEDS = PREDEFINED.seeds or SETTINGS.seeds
PREDEFINED_THREADS = PREDEFINED.threads or SETTINGS.threads
POS = PREDEFINED.pos
# What decides a tagger; which there are decides none.
TAGGING_KEYS = ["dimensions", "dropout", "weight_drop", "unknown"]
TAGGING_KEYS += ["learning_rate", "batch", "epochs"]
TAGGERS = {
    tagger.name: tagger
    for tagger in (
        taggers(
            POS.widths,
            POS.dimensions,
            POS.hidden,
            ordered_at=POS.ordered_at,
            blocks_at=POS.blocks_at,
        )
        if POS
        else []
    )
}


wildcard_constraints:
    tagger="|".join(TAGGERS) or "none",


def trained(task, names, files, *, together, wildcard):
    """Files of a rule's job, by what they hold: of one variant, or of all of a seed."""
    own = names if together else [f"{{{wildcard}}}"]
    folder = f"results/{{corpus}}/predefined/{task}"
    return {
        name: [f"{folder}/{variant}/seed{{seed}}/{file}" for variant in own]
        for name, file in files.items()
    }


def made(task, names, file):
    """A file of each variant and seed, for a rule that reads all."""
    return expand(
        f"results/{{{{corpus}}}}/predefined/{task}/{{variant}}/seed{{seed}}/{file}",
        variant=list(names),
        seed=PREDEFINED_SEEDS,
    )


def taggers_of(wildcards):
    """The taggers that a job trains."""
    one = dict(wildcards.items()).get("tagger")
    return [tuple(TAGGERS[name]) for name in ([one] if one else TAGGERS)]


TAGGER_AT = "" if POS is None or POS.together else "{tagger}_"
TAGGER_FILES = {
    "weights": f"epoch{POS.epochs if POS else 0}.safetensors",
    "summary": "summary.parquet",
    "sentences": "sentences.parquet",
    "curve": "curve.parquet",
}
FILES["predefined"] = StudyFiles(
    tabulated={"taggers": made("pos", TAGGERS, TAGGER_FILES["summary"])},
    params={"seeds": PREDEFINED_SEEDS},
)
