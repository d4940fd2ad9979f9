"""What a unit of work takes, of time, memory and disk.

Times are seconds of one core. They, and the memory, were fitted to Snakemake's
benchmark files of runs of tiny, mini and WikiText-2 on 2 cores of an AMD EPYC
(family 25, model 17), no GPU, Python 3.11, torch 2.13 (CPU), November 2026;
tests/core/measured_runs.yaml sums these up. Disk is from the files of the same
runs. What was not measured says ASSUME.
"""

from __future__ import annotations

MB = 1e6

# Starting a job: Python, imports, Snakemake's own work.
START = 0.55
START_TABLE = 1.2
START_PLOT = 2.5
START_SPACY = 2.6
START_TORCH = 3.4

# Training and reading networks.
OPERATIONS = 70e9
"""Per second, in the matrix products of a training: one core, float32."""
BFLOAT16 = 2.0
"""How much faster the output layer's products are, where the machine has them."""
LAYER_STEP = 45e-6
"""Of one step in time of one LSTM, forward and backward, whatever its width."""
PARAMETER_STEP = 2.4e-9
"""Of one parameter at one optimiser step. ASSUME: clipping and SGD pass over it six
times, at 10 GB/s; no model so far was decided by it."""
FORWARD = 1 / 3
"""Of a training step: the forward pass alone."""
TAG_WORD = 20e-6
"""Of a tag model, per word: sentences of unequal length, each from a zero state."""
TAG_PADDING = 1.35
"""Operations on padding, which makes sentences equally long."""
RESCALINGS_EPOCHS = 2.7
"""Epochs of a tag model until one rescaling; 20 models of WikiText-2, 20 of mini."""

# Corpus, per word.
GENERATE_WORD = 4.5e-6
READ_WORD = 0.4e-6
SPLIT_WORD = 4e-6
"""By spaCy's tokeniser, or from CoNLL-U."""
KEEP_WORD = 0.6e-6
TAG_SENTENCES_WORD = 55e-6
TRAIN_TAGGER_WORD = 155e-6
LABEL_WORD = 3e-6
SCAFFOLD_WORD = 0.2e-6

# Measuring.
MEASURE_OPERATIONS = 0.73
"""Of a training's operations over the same words."""
MEASURE_WORD = 25e-6
RECORD_WORD = 10e-6
RECORD_OPERATIONS = 50e9
COMPARE = 6.7e-9
"""Of one comparison by SVCCA, times units³, with its influences."""
CROSS_OPERATIONS = 35e9
"""Per second, in float64 products of two views."""
CLASSIFIER_STEP = 1e-3
CLASSIFIER_OPERATIONS = 28e9
TASK_WORD = 60e-6
"""Of a probe task's text, read."""
PROBE_WORD = 6.5e-5
"""Of a training word, a linear probe of 128 units trained as the lottery paper does, in
the mean over tasks."""
PROBE_CONVERGED = 0.75
"""Times that, to convergence."""
PROBE_START = 0.15
"""Of a probe, its start and end."""
PROBE_FORM_WORD = 1.5e-4
"""Of a training word, the logistic model of form."""
PAIR = 7e-6
PAIR_OPERATIONS = 28e9
ITEM_WORD = 22e-6
ITEM_WORD_OPERATIONS = 3.5e9
"""Decomposing a test item's words: many small products."""
TABULATE_WORD = 20e-6
"""Of one word at one epoch of one model: the bootstraps of the sparsity study."""
TABULATE_PAIR = 1.8e-6

# ASSUME: no GPU was at hand that did nothing else. Achieved, not a data sheet's; and
# what it takes to start the kernels of a window of one LSTM, forward and backward.
GPU_OPERATIONS = 10e12
GPU_LAYER_WINDOW = 4e-3
GPU_HOST = 2_500 * MB
"""ASSUME: what CUDA's libraries take of the host's memory."""
GPU_OTHER = 10.0
"""How much faster than a core other work of a model is."""

# Memory of a job, in bytes.
PLAIN = 120 * MB
TABLES = 190 * MB
PLOTS = 250 * MB
SPACY = 410 * MB
TORCH = 410 * MB
PARAMETER = 16
"""Weights, gradients, and twice a copy while the state is saved."""
STREAM_WORD = 20
"""ASSUME: by the arrays that the code makes; seen up to 2.5 M words."""
MEASURE_MEMORY_WORD = 60
"""A word of the piece that is measured, likewise."""
PIECE_WORDS = 1_000_000
"""Of a piece: `ontogeny.activations.choosing.PIECE_TOKENS`."""
TYPE_MEMORY = 121
"""A type while a corpus's are counted."""
GENERATE_MEMORY_WORD = 120
TAGGER_MEMORY_WORD = 1_800
LABELS_MEMORY_WORD = 100
OFFICIAL_MEMORY_WORD = 30
SHUFFLE_MEMORY_WORD = 40
SCAFFOLD_MEMORY_WORD = 30
WORD_MEANS_MEMORY = 2_200
PAIR_MEMORY = 130
ITEM_COPIES = 35
"""Of the hidden states of all test items, while they are decomposed."""
ROWS_LOGITS = 350 * 4 * 3
"""Per word of the vocabulary: `ontogeny.models.loss.ROWS` logits, three times."""

# Disk, in bytes.
RAW_WORD = {
    "generated": 84,
    "conllu": 70,
    "wikitext": 5.3,
    "text": 5.8,
    "jsonl": 6.0,
    # ASSUME: text compresses to half.
    "parquet": 3.0,
}
"""A word in a corpus's files."""
SENTENCES_WORD = 2.2
TOKENS_WORD = 1.8
TAGS_WORD = 0.8
LABELS_WORD = 2.4
SCAFFOLD_DISK_WORD = 1.2
TAGGER = 3.7 * MB
FIGURE = 0.28 * MB
"""PDF, SVG, PNG and the table behind it."""
WORD_MEANS = 150
"""A word of the vocabulary at one epoch in `words.parquet`."""
STATISTICS_WORD = 82
"""A word in the per-token files of all sites, without its vectors."""
VECTORS = 0.85
"""Of raw float32."""
PAIR_ROW = 7.3
SIMILARITIES_EPOCH = 46_000
DIAGNOSTICS_EPOCH = 4_500
SCAFFOLD_MEASURES_EPOCH = 9_000
