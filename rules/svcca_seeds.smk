"""How alike language models of different seeds are: every ordered pair.

needs  results/{corpus}/lm/seed{seed}/epoch*.safetensors,
       results/{corpus}/texts/articles.parquet
makes  results/{corpus}/svcca/pairs/seed{seed}_{other}.parquet
"""


rule compare_seeds:
    input:
        weights=rules.train_lm.output.weights,
        other=f"results/{{corpus}}/lm/seed{{other}}/epoch{EPOCHS[-1]}.safetensors",
        vocabulary="results/{corpus}/corpus/vocabulary.parquet",
        text="results/{corpus}/texts/articles.parquet",
    output:
        "results/{corpus}/svcca/pairs/seed{seed}_{other}.parquet",
    log:
        "logs/{corpus}/compare_seeds/seed{seed}_{other}.log",
    benchmark:
        "results/benchmarks/{corpus}/compare_seeds/seed{seed}_{other}.tsv"
    conda:
        "../envs/core.yaml"
    threads: SETTINGS.threads
    resources:
        **needs("compare_seeds"),
        gpu=USES_GPU,
    params:
        recipe=LM_RECIPE,
        presets=SETTINGS.svcca.presets,
        device=SETTINGS.device,
        threads=SETTINGS.threads,
        code=core_digest("compare_seeds.py", MODEL.module),
    message:
        "Comparing seed {wildcards.seed} of {wildcards.corpus} with seed {wildcards.other}."
    script:
        "../workflow/scripts/compare_seeds.py"
