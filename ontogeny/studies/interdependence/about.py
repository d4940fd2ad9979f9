"""Interdependence: how words depend on each other, and syntax (thesis ch. 5 §3)."""

from ontogeny.studies.study import Figure, Page, Study

STUDY = Study(
    name="interdependence",
    category="Interdependence (thesis ch. 5)",
    source="*LSTMs Compose—and Learn—Bottom-Up* (Saphra & Lopez 2020; thesis ch. 5 §3)",
    summary=". Decompositional interdependence (DI) of two words is how far the "
    "decomposition of both is from the sum of each one's",
    figures=(
        Figure(
            "fig3",
            "interdependence by distance",
            "DI falls with the number of words between two words, for each combination "
            "of open and closed classes (D2).",
        ),
        Figure(
            "fig4",
            "interdependence by distance in the tree",
            "At each distance in the text, does DI fall with distance in the "
            "dependency tree, within each combination of classes (D3 to D5, D7)? "
            "Pooled over classes, a slope may be theirs.",
        ),
        Figure(
            "epochs",
            "interdependence by epoch",
            "When does DI start to follow the tree? A slope below zero is the thesis's "
            "finding; zero is no relation.",
            number="–",
            heading="Interdependence by epoch (not in the thesis)",
        ),
    ),
    sections=("interdependence",),
    tables=(
        ("models", "figures/interdependence/models.parquet"),
        ("models_md", "figures/interdependence/models.md"),
    ),
    pages=(
        Page(
            "models",
            "figures/interdependence/models.md",
            "one-layer models",
            "perplexity, unknown words, error",
            "How good the one-layer language models are, and how many words of the "
            "treebank they do not know.",
        ),
    ),
)
