"""Probes as scikit-learn's estimators: for pipelines, searches and comparisons."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from ontogeny.measures.probing.metrics import Accuracy, Metric, PearsonR
from ontogeny.measures.probing.probes import (
    RECIPES,
    Items,
    ProbeRecipe,
    Probes,
    train_probes,
)


class _Probe(BaseEstimator):
    """What both kinds share: parameters, and one probe of rows of numbers."""

    def __init__(
        self,
        hidden: int | None = None,
        *,
        recipe: ProbeRecipe | str = "converged",
        validation_fraction: float = 0.1,
        random_state: Any = None,
    ) -> None:
        self.hidden = hidden
        self.recipe = recipe
        self.validation_fraction = validation_fraction
        self.random_state = random_state

    def _train(
        self, x: NDArray, y: NDArray, metric: Metric, outputs: int, classes: Any
    ) -> None:
        """Train on rows, some of which, drawn, say when to stop."""
        drawn = check_random_state(self.random_state)
        seed = int(drawn.randint(2**31 - 1))
        rows = np.arange(len(x))
        training, validation = rows, rows
        # Of few rows, or of a class of one, none can be spared.
        spared = round(self.validation_fraction * len(x))
        if spared >= max(2, outputs):
            alone = classes is not None and np.bincount(y).min() < 2
            training, validation = train_test_split(
                rows,
                test_size=spared,
                random_state=drawn,
                stratify=None if alone else classes,
            )
        recipe = self._how()
        # Here, for in single precision little is left of what lies far from 0.
        self._scaler = StandardScaler() if recipe.standardised else None
        if self._scaler is not None:
            x = self._scaler.fit(x[training]).transform(x)
        self._probes: Probes = train_probes(
            _items(x, y, np.sort(training)),
            _items(x, y, np.sort(validation)),
            metric,
            outputs=outputs,
            seed=seed,
            hidden=self.hidden,
            recipe=recipe,
        )
        self.n_iter_ = int(self._probes.epochs[0])

    def _how(self) -> ProbeRecipe:
        if isinstance(self.recipe, ProbeRecipe):
            return self.recipe
        if self.recipe not in RECIPES:
            raise ValueError(
                f"recipe must be one of {', '.join(RECIPES)}, or a ProbeRecipe, not "
                f"{self.recipe!r}"
            )
        return RECIPES[self.recipe]

    def _outputs(self, x: ArrayLike) -> NDArray[np.float64]:
        """Logits, or values, shape (rows, outputs)."""
        check_is_fitted(self)
        rows = validate_data(self, x, dtype=np.float64, reset=False)
        if self._scaler is not None:
            rows = self._scaler.transform(rows)
        items = _items(rows, np.zeros(len(rows), np.int64), np.arange(len(rows)))
        parts = [scores[0].mT for _, scores in self._probes.scores(items)]
        return torch.cat(parts).double().numpy()


class ProbeClassifier(ClassifierMixin, _Probe):
    """A probe of classes: softmax of a linear map, or of one ReLU layer.

    Args:
        hidden: Units of the layer; None: linear.
        recipe: How it is trained: "converged", "paper", or one of your own.
        validation_fraction: Share of the rows that say when to stop.
        random_state: Of these, of initialisation and of order.

    Attributes:
        classes_: Labels in order.
        n_iter_: The epoch that was kept.

    Source: Movva & Zhao (2020), A.1, for the probe.

    >>> from sklearn.datasets import load_iris
    >>> x, y = load_iris(return_X_y=True)
    >>> ProbeClassifier(random_state=0).fit(x, y).score(x, y) > 0.95
    True
    """

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Train on rows and their labels.

        Raises:
            ValueError: If rows are not finite, or labels are values or all alike.
        """
        rows, labels = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(labels)
        self.classes_, classes = np.unique(labels, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(
                "a probe tells classes apart, and there is one class: "
                f"{self.classes_[0]}"
            )
        self._train(rows, classes, Accuracy(), len(self.classes_), classes)
        return self

    def decision_function(self, X: ArrayLike) -> NDArray[np.float64]:
        """Logits, shape (rows, classes); of two classes their difference, (rows,)."""
        logits = self._outputs(X)
        return logits[:, 1] - logits[:, 0] if logits.shape[1] == 2 else logits

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Probabilities, shape (rows, classes)."""
        return torch.from_numpy(self._outputs(X)).softmax(1).numpy()

    def predict(self, X: ArrayLike) -> NDArray:
        """The most probable label of each row."""
        logits = self._outputs(X)
        return self.classes_[logits.argmax(1)]


class ProbeRegressor(RegressorMixin, _Probe):
    """A probe of values: a linear map, or one ReLU layer, by the smooth ℓ₁ distance.

    Args:
        hidden: Units of the layer; None: linear.
        recipe: How it is trained: "converged", "paper", or one of your own.
        validation_fraction: Share of the rows that say when to stop.
        random_state: Of these, of initialisation and of order.

    Attributes:
        n_iter_: The epoch that was kept.

    Source: Liu et al. (2019), for event factuality.

    >>> x = np.random.default_rng(0).normal(size=(500, 3))
    >>> y = x @ [1.0, -2.0, 0.5]
    >>> ProbeRegressor(random_state=0).fit(x, y).score(x, y) > 0.99
    True
    """

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Train on rows and their values.

        Raises:
            ValueError: If anything is not finite.
        """
        rows, values = validate_data(self, X, y, dtype=np.float64, y_numeric=True)
        # Values of any unit are learned alike.
        self._mean, self._scale = values.mean(), values.std() or 1.0
        standard = (values - self._mean) / self._scale
        self._train(rows, standard.astype(np.float32), PearsonR(), 1, None)
        return self

    def predict(self, X: ArrayLike) -> NDArray[np.float64]:
        """The value of each row."""
        return self._outputs(X)[:, 0] * self._scale + self._mean


def _items(x: NDArray, y: NDArray, rows: NDArray) -> Items:
    vectors = torch.from_numpy(x[rows].astype(np.float32))[None]
    labels = torch.from_numpy(np.ascontiguousarray(y[rows]))
    return Items(vectors, torch.arange(len(rows)), labels, np.arange(len(rows)))
