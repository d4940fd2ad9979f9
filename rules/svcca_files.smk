"""What the SVCCA study is made of: texts with labels, and where these come from."""

from ontogeny.studies.svcca.variants import VARIANTS as LABEL_VARIANTS

VARIANTS = [variant.name for variant in LABEL_VARIANTS]

# Tagsets by the text that they are learned from, their own domain.
TAGSETS = {
    "articles": ["upos", "topic"],
    "xpos": ["xpos"] * bool(SETTINGS.svcca.xpos),
    "sem": ["sem_coarse", "sem_fine"] * bool(SETTINGS.svcca.semantics),
}
DOMAIN_OF = {tagset: domain for domain, own in TAGSETS.items() for tagset in own}
DOMAINS = list(dict.fromkeys(DOMAIN_OF.values()))
LABEL_READERS = {
    "xpos": "xpos",
    "sem": (
        "generated semantics"
        if SETTINGS.svcca.semantics == "generated"
        else "meaning bank"
    ),
}


wildcard_constraints:
    domain="|".join(DOMAINS),
    tagset="|".join(DOMAIN_OF),
    variant="|".join(VARIANTS),


def labelled_parts(wildcards):
    """The files of a treebank with labels, by split."""
    parts = {"train": "train", "valid": "dev", "test": "test"}
    name = SETTINGS.svcca.xpos
    if wildcards.domain == "sem":
        name = SETTINGS.svcca.semantics
        if name != "generated":
            files = DATASETS[name].semantics
            return {
                split: [f"results/data/{name}/{file}" for file in files[part]]
                for split, part in parts.items()
            }
    return {split: [treebank_part(name, part)] for split, part in parts.items()}


def labelled_text(wildcards):
    """The text that a tagset is learned from."""
    return f"results/{wildcards.corpus}/texts/{DOMAIN_OF[wildcards.tagset]}.parquet"


def labelled_classes(wildcards):
    """The classes of that text's tagsets."""
    domain = DOMAIN_OF[wildcards.tagset]
    return f"results/{wildcards.corpus}/texts/{domain}_classes.parquet"


# Each tag model reads the common test corpus, and its own domain's test part.
VIEWS = [
    (domain, tagset, variant)
    for tagset, own in DOMAIN_OF.items()
    for domain in dict.fromkeys(["articles", own])
    for variant in VARIANTS
]
VIEW_VECTORS, VIEW_MOMENTS = (
    [f"results/{{corpus}}/views/{'/'.join(view)}.{suffix}" for view in VIEWS]
    for suffix in ("parquet", "safetensors")
)


def other_seed(wildcards):
    """The last epoch of the next seed's model; none where there is one seed."""
    place = SETTINGS.seeds.index(int(wildcards.seed)) + 1
    return [
        f"results/{wildcards.corpus}/lm/seed{seed}/epoch{EPOCHS[-1]}.safetensors"
        for seed in [*SETTINGS.seeds[place:], *SETTINGS.seeds[: place - 1]][:1]
    ]


def svcca_note(wildcards):
    """What stands under a figure of the SVCCA study: texts, substitutions, seeds."""
    svcca = SETTINGS.svcca
    if wildcards.figure == "decodable":  # it says of what it is made
        return f"{wildcards.corpus}; {named(SETTINGS.seeds)}."
    sources = [
        f"UPOS: {svcca.upos}",
        f"XPOS: {svcca.xpos} (thesis: Groningen Meaning Bank)" * bool(svcca.xpos),
        f"SEM: {svcca.semantics} (thesis: Groningen Meaning Bank, silver)"
        * bool(svcca.semantics),
    ]
    return (
        f"{wildcards.corpus}, the {svcca.articles} longest articles of its training "
        f"text at most; preset {svcca.presets[0]}; "
        f"{named(SETTINGS.seeds)}. {'; '.join(filter(None, sources))}."
    )


EPOCH_PROBES = SETTINGS.svcca.probes
EPOCH_TASKS = EPOCH_PROBES.chosen() if EPOCH_PROBES else []
PROBED_EPOCHS = EPOCH_PROBES.numbers(EPOCHS[-1]) if EPOCH_PROBES else []

SVCCA_CURVES = {
    "curves": expand(
        "results/{{corpus}}/lm/seed{seed}/curve.parquet", seed=SETTINGS.seeds
    ),
    "scores": expand(
        "results/{{corpus}}/tag_models/{tagset}/scores.parquet", tagset=DOMAIN_OF
    ),
}


def svcca_tables(*names):
    """What was measured of all seeds, with their curves and tag models' scores."""
    tables = {
        name: expand(
            f"results/{{{{corpus}}}}/svcca/{name}/seed{{seed}}.parquet",
            seed=SETTINGS.seeds,
        )
        for name in names
    }
    return {**tables, **SVCCA_CURVES}


FILES["svcca"] = StudyFiles(
    tabulated=svcca_tables(
        "similarity", "diagnostics", *["probes"] * bool(EPOCH_PROBES)
    ),
    judged=svcca_tables("similarity", "diagnostics"),  # no claim is about probes
    params={
        "seeds": SETTINGS.seeds,
        "preset": SETTINGS.svcca.presets[0],
        "resamples": SETTINGS.svcca.resamples,
    },
    asked=[f"results/benchmarks/{SETTINGS.name}/cost.md"],
    note=svcca_note,
)
