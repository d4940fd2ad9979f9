"""The settings, checked before any rule, and small helpers for all rules."""

from pathlib import Path

from snakemake.exceptions import WorkflowError

from ontogeny.corpus.shards import shard_indices
from ontogeny.errors import InputError
from ontogeny.running.digest import code_digest
from ontogeny.settings import (
    check_sources,
    chosen_model,
    read_datasets,
    read_mapping,
    read_models,
    read_settings,
)
from ontogeny.studies.names import load


def ours(path):
    """A file of this repository; a copy if the workflow is fetched from elsewhere."""
    here = Path(HERE, path)
    return here if here.exists() else Path(workflow.source_path(f"../{path}"))


try:
    for path in workflow.configfiles:  # Snakemake takes the last of two equal keys
        read_mapping(path)
    SETTINGS = read_settings(config)
    DATASETS = read_datasets(ours("config/datasets.yaml"))
    MODEL = chosen_model(SETTINGS, read_models(ours("config/models.yaml")))
    check_sources(SETTINGS, DATASETS)
except InputError as error:
    said = [
        *map(str, workflow.configfiles),
        *["--config"] * bool(workflow.config_settings.config),
    ]
    raise WorkflowError(f"{error} ({', '.join(said)})") from None

SPLITS = ["train", "valid", "test"]
CONTROL = f"{SETTINGS.name}_control"
CONTROLLED_STUDIES = SETTINGS.controlled()
CORPORA = [SETTINGS.name] + [CONTROL] * bool(SETTINGS.control)
EPOCHS = range(SETTINGS.lm.epochs + 1)
STUDIES = SETTINGS.studies
STUDIES_OF_LANGUAGE = [study for study in STUDIES if load(study).reads_corpus]


wildcard_constraints:
    corpus="|".join(CORPORA),
    split="|".join(SPLITS),
    seed=r"\d+",
    epoch=r"\d+",


def core_digest(script, *modules):
    """Fingerprint of a script of this workflow and of the core code it uses."""
    return code_digest(ours(f"workflow/scripts/{script}"), *modules)


def treebank_part(name, part):
    """The file of one part (train, dev, test) of a treebank."""
    if name == "generated":
        return f"results/{{corpus}}/treebank/{part}.conllu"
    return f"results/data/{name}/{DATASETS[name].treebank[part]}"


def probe_files(task, part):
    """What one part of a task of probes is read from."""
    return [
        (
            treebank_part("generated", file)
            if dataset == "generated"
            else f"results/data/{dataset}/{file}"
        )
        for dataset, file in task.files[part]
    ]


TESTED_TREEBANKS = [SETTINGS.tagging.treebank, *SETTINGS.tagging.also_test]
# `auto` asks for none: whether there is one where a job will run is not known here.
USES_GPU = 1 if SETTINGS.device == "cuda" else 0
# Tag models are LSTMs of the language model's sizes, whatever that one is.
TAG_RECIPE = SETTINGS.lm.recipe()
LM_RECIPE = {**TAG_RECIPE, "code": MODEL.code}


def corpora_of(study):
    """The corpora that a study's claims are judged on: with the control, if asked."""
    return CORPORA if study in CONTROLLED_STUDIES else [SETTINGS.name]


def language(wildcards):
    """The generated language of a corpus."""
    return "control" if wildcards.corpus == CONTROL else "mini"


def tagger_file(wildcards):
    """The trained tagger, unless an installed pipeline is used."""
    if SETTINGS.tagging.pipeline != "trained":
        return {}
    return {"tagger": f"results/{wildcards.corpus}/tagging/tagger.bin"}


def named(seeds):
    """Seeds as a figure's note has them."""
    return f"seed{'s' * (len(seeds) > 1)} {', '.join(map(str, seeds))}"
