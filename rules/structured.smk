"""Networks that become sparse while they learn (004), and what is left of them.

needs  results/{corpus}/{corpus,official}/{train,valid,test,vocabulary}.parquet
makes  results/{corpus}/structured/{task}/data/*.parquet,
       results/{corpus}/structured/{task}/{variant}/seed{seed}/{curve.parquet,*.safetensors},
       results/{corpus}/structured/{task}/seed{seed}/*.parquet,
       results/{corpus}/structured/lm_gates/seed{seed}.parquet
"""


include: "structured_files.smk"


for name, task in ENCODED.items():

    rule:
        name:
            f"encode_task_{name}"
        input:
            **task_files(task),
        output:
            **training_text(task),
        log:
            f"logs/{{corpus}}/encode_task/{task}.log",
        benchmark:
            f"results/benchmarks/{{corpus}}/encode_task/{task}.tsv"
        conda:
            "../envs/core.yaml"
        threads: 1
        resources:
            **needs(f"encode_task_{name}"),
        params:
            kind=SPARSE_TASKS[task].kind,
            encoding=SPARSE_TASKS[task].encoding(),
            code=core_digest("encode_task.py"),
        message:
            f"Encoding {SPARSE_TASKS[task].kind} of {task} for {{wildcards.corpus}}."
        script:
            "../workflow/scripts/encode_task.py"


for name, (task, variants) in TRAINING_JOBS.items():

    rule:
        name:
            f"train_structured_{name}"
        input:
            **training_text(task),
            vectors=vectors_of(task),
            pruned=pruned_before(task, variants),
        output:
            training_outputs(task, variants),
        log:
            f"logs/{{corpus}}/train_structured/{name}_seed{{seed}}.log",
        benchmark:
            f"results/benchmarks/{{corpus}}/train_structured/{name}_seed{{seed}}.tsv"
        conda:
            "../envs/core.yaml"
        threads: SETTINGS.threads
        resources:
            **needs(f"train_structured_{name}"),
            gpu=USES_GPU,
        params:
            variants={one: SPARSE_TASKS[task].of(one) for one in variants},
            epochs=SPARSE_TASKS[task].epochs,
            device=SETTINGS.device,
            threads=SETTINGS.threads,
            trainer=trainer_of(task),
            code=core_digest("train_structured.py", trainer_of(task)),
        message:
            f"Training {task}, {', '.join(variants)}, on {{wildcards.corpus}}, seed "
            "{wildcards.seed}; it resumes if killed."
        script:
            "../workflow/scripts/train_structured.py"


for name, task in IDENTIFIERS.items():

    rule:
        name:
            f"measure_structured_{name}"
        input:
            **training_text(task),
            weights=weights_of(task),
            vectors=vectors_of(task),
        output:
            **{
                name: f"results/{{corpus}}/structured/{task}/seed{{seed}}/{name}.parquet"
                for name in MEASURED_TABLES
            },
        log:
            f"logs/{{corpus}}/measure_structured/{task}_seed{{seed}}.log",
        benchmark:
            f"results/benchmarks/{{corpus}}/measure_structured/{task}_seed{{seed}}.tsv"
        conda:
            "../envs/core.yaml"
        threads: 1
        resources:
            **needs(f"measure_structured_{name}"),
        params:
            variants=settings_of(task),
            positions=SETTINGS.structured.positions,
            lags=SETTINGS.structured.lags,
            repetitions=SETTINGS.structured.repetitions,
            code=core_digest("measure_structured.py"),
        message:
            f"Measuring what {task} has left on {{wildcards.corpus}}, seed "
            "{wildcards.seed}."
        script:
            "../workflow/scripts/measure_structured.py"


rule measure_lm_gates:
    input:
        weights=rules.train_lm.output.weights,
        valid="results/{corpus}/corpus/valid.parquet",
        vocabulary="results/{corpus}/corpus/vocabulary.parquet",
    output:
        "results/{corpus}/structured/lm_gates/seed{seed}.parquet",
    log:
        "logs/{corpus}/measure_lm_gates/seed{seed}.log",
    benchmark:
        "results/benchmarks/{corpus}/measure_lm_gates/seed{seed}.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        **needs("measure_lm_gates"),
    params:
        recipe=LM_RECIPE,
        code=core_digest("measure_lm_gates.py", MODEL.module),
    message:
        "Measuring how gates of the language model of seed {wildcards.seed} move, on "
        "{wildcards.corpus}."
    script:
        "../workflow/scripts/measure_lm_gates.py"
