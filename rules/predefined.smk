"""Networks that are sparse before they learn: taggers, language models.

needs  a treebank, results/{corpus}/corpus/*.parquet or a data set in official splits
makes  results/{corpus}/predefined/pos/{tagger}/seed{seed}/{summary,sentences,curve}.parquet
"""


include: "predefined_files.smk"


rule train_predefined_taggers:
    input:
        **{
            part: treebank_part(POS.treebank if POS else "generated", part)
            for part in ["train", "dev", "test"]
        },
    output:
        **trained(
            "pos",
            TAGGERS,
            TAGGER_FILES,
            together=POS is None or POS.together,
            wildcard="tagger",
        ),
    log:
        f"logs/{{corpus}}/train_predefined_taggers/{TAGGER_AT}seed{{seed}}.log",
    benchmark:
        f"results/benchmarks/{{corpus}}/train_predefined_taggers/{TAGGER_AT}seed{{seed}}.tsv"
    conda:
        "../envs/core.yaml"
    threads: PREDEFINED_THREADS
    resources:
        **needs("train_predefined_taggers"),
        gpu=USES_GPU,
    params:
        taggers=taggers_of,
        study=POS.model_dump(include=set(TAGGING_KEYS)) if POS else {},
        device=SETTINGS.device,
        threads=PREDEFINED_THREADS,
        code=core_digest("train_predefined_taggers.py"),
    message:
        "Training taggers on {wildcards.corpus}, seed {wildcards.seed}: "
        f"{in_words(STAGES, 'train_predefined_taggers')}; it resumes if killed."
    script:
        "../workflow/scripts/train_predefined_taggers.py"
