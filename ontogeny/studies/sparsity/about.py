"""Sparsity: concentration of activations and gradients (Saphra & Lopez 2019a)."""

from ontogeny.studies.study import Figure, Study, over_first_epoch

FIGURES = (
    Figure(
        "fig2",
        "gradient concentration of frequent words",
        "χ of the upper layer's gradient for words of high frequency: does it rise "
        "with frequency, and with training (claims S1, S2)?",
    ),
    Figure(
        "fig3a",
        "concentration and the target's frequency",
        "The correlation of each layer's concentration with the frequency of the "
        "target word. The paper has one line that climbs above the rest, the "
        "gradient of the upper layer (S3 to S6).",
    ),
    Figure(
        "fig3b",
        "concentration and the input's frequency",
        "The same for the frequency of the input word: the paper has the lower "
        "layer lead early and the embedding pass it (S16 to S21).",
    ),
    Figure(
        "fig4",
        "open and closed word classes",
        "The correlation within open and within closed classes, over all words and "
        "over samples matched in frequency: closed classes are high first, open "
        "classes keep growing (S8 to S11).",
    ),
    Figure(
        "fig5",
        "words after the last epoch",
        "Each word after the last epoch, by class: at equal frequency, are the "
        "gradients of function words more concentrated (S12 to S15)?",
    ),
    Figure(
        "checks",
        "two explanations tested",
        "Two explanations tested: the size of the gradient, and the concentration "
        "of the logits' gradient. Neither may follow frequency as the upper "
        "layer's gradient does (S22, S23).",
        number="§4",
        heading="Two explanations, tested in §4",
    ),
)

STUDY = Study(
    name="sparsity",
    category="Sparsity (Saphra & Lopez 2019a)",
    source="*Sparsity Emerges Naturally in Neural Language Models* "
    "(Saphra & Lopez 2019)",
    summary=": concentration χ of activations and gradients at every epoch",
    of_shuffled=True,
    figures=FIGURES,
    early=over_first_epoch(FIGURES, "fig3a", "fig3b", "fig4"),
    sections=("lm", "sparsity"),
    tables=(("correlations", "sparsity/correlations.parquet"),),
)
