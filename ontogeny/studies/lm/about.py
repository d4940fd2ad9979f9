"""Learning curves: no study, but drawn and captioned as one."""

from ontogeny.studies.study import Figure, Study

STUDY = Study(
    name="lm",
    category="Training",
    source="Saphra & Lopez 2019, §2",
    summary=": the language models' learning curves",
    figures=(
        Figure(
            "curve",
            "learning curves",
            "Perplexity of the test split falls and flattens; a dashed line stands "
            "where the learning rate was divided because validation failed to improve. "
            "A model that is still falling at the last epoch has not converged, and "
            'what the other figures show at "the end" is not the end.',
            number="–",
            heading="Learning curves (not in the paper)",
        ),
    ),
    sections=("lm",),
)
