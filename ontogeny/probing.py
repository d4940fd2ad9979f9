"""What can be read from a representation, by training probes on it.

`ProbeClassifier` and `ProbeRegressor` are scikit-learn's estimators; `train_probes`
trains many probes of the same words side by side, one for each site, layer or model.

    from sklearn.datasets import load_iris
    from ontogeny.probing import ProbeClassifier

    x, y = load_iris(return_X_y=True)
    ProbeClassifier(random_state=0).fit(x, y).score(x, y)

These names are the package's interface; the modules behind them may move.
"""

from ontogeny.measures.probing.code_length import CodeLength, code_length
from ontogeny.measures.probing.controls import control_labels, selectivity
from ontogeny.measures.probing.estimators import ProbeClassifier, ProbeRegressor
from ontogeny.measures.probing.metrics import Accuracy, ClassF, PearsonR, SpanF1
from ontogeny.measures.probing.probes import (
    CONVERGED,
    PAPER,
    Items,
    ProbeRecipe,
    Probes,
    pair_features,
    train_probes,
)

__all__ = [
    "CONVERGED",
    "PAPER",
    "Accuracy",
    "ClassF",
    "CodeLength",
    "Items",
    "PearsonR",
    "ProbeClassifier",
    "ProbeRecipe",
    "ProbeRegressor",
    "Probes",
    "SpanF1",
    "code_length",
    "control_labels",
    "pair_features",
    "selectivity",
    "train_probes",
]
