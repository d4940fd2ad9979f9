"""Structured sparsification of LSTMs (004), as people read of it."""

from ontogeny.studies.study import Figure, Page, Study

STUDY = Study(
    name="structured",
    category="Structured sparsification (Lobacheva et al. 2020)",
    source="*Structured Sparsification of Gated Recurrent Neural Networks* "
    "(Lobacheva et al. 2020)",
    summary=": LSTMs that lose weights (W), gates (G) and neurons (N) while they "
    "learn, by group lasso or by Bayesian dropout",
    figures=(
        Figure(
            "fig4",
            "gate structure, Bayes W+G+N",
            "Which gates of the remaining neurons are constant (white, with their "
            "value)? The paper has classifiers without output gates and language "
            "models that keep them (G26 to G33).",
        ),
        Figure(
            "fig5",
            "gradients by lag",
            "How far back does each neuron hear? The paper has neurons whose output "
            "gate alone lives hear the last few words, those with all gates more (G38 "
            "to G40), and classifiers all of the text (G45, G46).",
        ),
        Figure(
            "fig6",
            "gate structure, Bayes W",
            "As figure 4, without groups: the paper has the same structures come by "
            "themselves (G35, G36).",
        ),
        Figure(
            "fig7",
            "gate structure, pruning W+G+N",
            "As figure 4, by group lasso: the paper has the same gates constant as in "
            "the Bayesian language model (G34), and a large one slightly otherwise "
            "(G37).",
        ),
        Figure(
            "structures",
            "count of each gate structure",
            "How many remaining neurons have each of the 16 structures, in every task, "
            "variant and layer? The figures above show some neurons, this counts all.",
            number="–",
            heading="Gate structures counted (not in the paper)",
        ),
        Figure(
            "gates",
            "gates of the dense network by epoch",
            "Which gates hardly move in a network that nothing asks for it, when, and "
            "are they those that W+G+N makes constant? Beside it what shuffled gates "
            "and another seed's units would give.",
            number="–",
            heading="Gates of the dense network while it learns (not in the paper)",
        ),
        Figure(
            "front",
            "quality against size and time",
            "What does each way to a smaller network give for its parameters, its "
            "multiplications and its milliseconds? Beside pruned networks stand dense "
            "ones of as many units and masks drawn at random.",
            number="–",
            heading="Perplexity against what it costs (not in the paper)",
        ),
        Figure(
            "sweep",
            "perplexity by neurons, over λ",
            "How much perplexity do fewer neurons cost, with and without groups of "
            "gates? The λ whose validation perplexities agree is the one to compare.",
            number="–",
            heading="Strength of the group lasso (not in the paper)",
        ),
    ),
    sections=("structured",),
    tables=(
        ("table1", "figures/structured/table1.parquet"),
        ("table1_md", "figures/structured/table1.md"),
        ("table2", "figures/structured/table2.parquet"),
        ("table2_md", "figures/structured/table2.md"),
    ),
    pages=(
        Page(
            "structured_table1",
            "figures/structured/table1.md",
            "Structured table 1",
            "pruning",
            "Table 1 of Lobacheva et al. (2020): what group lasso leaves of a language "
            "model, and how good it is. The paper's numbers stand beside ours where "
            "sizes and epochs are the paper's.",
        ),
        Page(
            "structured_table2",
            "figures/structured/table2.md",
            "Structured table 2",
            "Bayesian sparsification",
            "Table 2 of Lobacheva et al. (2020): what sparse variational dropout "
            "leaves of classifiers and language models, and how good they are.",
        ),
    ),
)
