"""What the SVCCA study is made of: texts with labels, and where these come from."""

import re

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
    other=r"\d+",


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


# Each tag model reads the common test corpus, and its own domain's test part. What it
# reads is alike for all seeds, but of files of all, deleted when they have been used, a
# further seed would have all others measured again.
VIEWS = [
    (domain, tagset, variant)
    for tagset, own in DOMAIN_OF.items()
    for domain in dict.fromkeys(["articles", own])
    for variant in VARIANTS
]
VIEW_VECTORS, VIEW_MOMENTS = (
    [
        f"results/{{corpus}}/views/seed{{seed}}/{'/'.join(view)}.{suffix}"
        for view in VIEWS
    ]
    for suffix in ("parquet", "safetensors")
)


def svcca_note(wildcards):
    """What stands under a figure of the SVCCA study: what that one is made of."""
    svcca, figure = SETTINGS.svcca, wildcards.figure
    number = re.sub(r"\D", "", figure)
    articles = f"the {svcca.articles} longest articles of the training text at most"
    preset = f"preset {svcca.presets[0]}"
    sources = [
        f"UPOS: {svcca.upos}",
        f"XPOS: {svcca.xpos} (thesis: Groningen Meaning Bank)" * bool(svcca.xpos),
        f"SEM: {svcca.semantics} (thesis: Groningen Meaning Bank, silver)"
        * bool(svcca.semantics),
    ]
    labels = "; ".join(filter(None, sources))
    told = {
        # Of the language models alone, or it says of what it is made.
        **dict.fromkeys(["2", "decodable"], []),
        **dict.fromkeys(["3", "4", "5"], [articles, preset]),
        **dict.fromkeys(
            ["6", "7"],
            [
                f"classifiers learn from {svcca.diagnostic_tokens:,} tokens at most",
                labels,
            ],
        ),
    }.get(number or figure, [articles, preset, labels])
    return "; ".join([wildcards.corpus, *told, named(seeds_of(figure))]) + "."


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
    pairs = [
        f"results/{{corpus}}/svcca/pairs/seed{seed}_{other}.parquet"
        for seed in SETTINGS.seeds
        for other in SETTINGS.seeds
        if seed != other
    ]
    return {**tables, **SVCCA_CURVES, **({"pairs": pairs} if pairs else {})}


def early_tables():
    """What was measured within the first seed's first epoch, if asked for."""
    tables = {}
    for seed in EARLY_SEEDS:
        folder = f"results/{{corpus}}/early/seed{seed}/svcca"
        for name in ("similarity", "diagnostics"):
            tables[f"early_{name}"] = f"{folder}/{name}.parquet"
        if len(SETTINGS.seeds) > 1:
            tables["early_pairs"] = [
                f"{folder}/pair_{other}.parquet" for other in SETTINGS.seeds[1:]
            ]
    return tables


FILES["svcca"] = StudyFiles(
    tabulated={
        **svcca_tables("similarity", "diagnostics", *["probes"] * bool(EPOCH_PROBES)),
        **early_tables(),
    },
    judged=svcca_tables("similarity", "diagnostics"),  # no claim is about probes
    params={
        "seeds": SETTINGS.seeds,
        "preset": SETTINGS.svcca.presets[0],
        "resamples": SETTINGS.svcca.resamples,
    },
    asked=[f"results/benchmarks/{SETTINGS.name}/cost.md"],
    note=svcca_note,
)
