"""Predefined sparseness: networks that are sparse before they learn (002)."""

from ontogeny.studies.study import Figure, Page, Study

STUDY = Study(
    name="predefined",
    category="Predefined sparseness (Demeester et al. 2018)",
    source="*Predefined Sparseness in Recurrent Sequence Models* (Demeester et al. "
    "2018)",
    summary=". Which weights are zero is decided before training, and they are never "
    "stored",
    figures=(
        Figure(
            "fig1",
            "where a sparse LSTM has weights",
            "Recurrent weights in blocks on the diagonal, input weights in bands that "
            "overlap: the middle layer of the sparse AWD-LSTM, one gate, at the "
            "paper's size.",
        ),
        Figure(
            "fig2",
            "where a sparse embedding has weights",
            "The rarer a word, the fewer dimensions it has; at a lower density the "
            "fall is steeper.",
        ),
        Figure(
            "fig3",
            "tagging accuracy by embedding parameters",
            "At as many parameters, is a sparse embedding above a short dense one, and "
            "most where parameters are fewest (P16, P17)? With words in another order "
            "it should be lower (P18, P19).",
        ),
        Figure(
            "curves",
            "perplexity of dense and sparse language models by epoch",
            "Does the sparse model, wider at as many parameters, fit its training "
            "text better (P12), and is the gap to the test text wider (P10)?",
            number="–",
            heading="Perplexity by epoch (not in the paper)",
        ),
    ),
    tables=(
        ("table1", "figures/predefined/table1.parquet"),
        ("table2", "figures/predefined/table2.parquet"),
        ("table3", "figures/predefined/table3.parquet"),
        ("tables", "figures/predefined/tables.md"),
    ),
    pages=(
        Page(
            "predefined",
            "figures/predefined/tables.md",
            "predefined sparseness",
            "tables 1 to 3 of 002, and all taggers",
            "Perplexities, accuracies and parameters of dense and sparse models, "
            "beside the paper's numbers where these are known and the sizes are the "
            "paper's.",
        ),
    ),
    sections=("predefined",),
    reads_corpus=False,
)
