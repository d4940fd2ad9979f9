"""What it costs to train a network and to read with it, from its sizes."""

from __future__ import annotations

from dataclasses import dataclass

from ontogeny.cost import rates


@dataclass(frozen=True)
class Network:
    """Embedding, LSTMs and softmax.

    Attributes:
        types: Words that are read.
        outputs: What is predicted one of: words, or tags.
        embedding: Units of the embedding.
        hidden: Units of each LSTM.
        layers: Number of LSTMs.
        batch: Columns of text side by side.
        window: Steps of backpropagation through time.
        halved: Whether the output layer is trained in bfloat16.
    """

    types: int
    outputs: int
    embedding: int
    hidden: int
    layers: int
    batch: int
    window: int
    halved: bool = False

    @property
    def weights(self) -> int:
        """Bytes of its parameters.

        >>> Network(10, 10, 2, 3, 1, 1, 1).weights
        576
        """
        return 4 * self.parameters

    @property
    def parameters(self) -> int:
        """Number of them; an LSTM has two biases."""
        lstms = self._lstm_products + self.layers * 8 * self.hidden
        tables = self.types * self.embedding + self.outputs * (self.hidden + 1)
        return lstms + tables

    @property
    def operations(self) -> int:
        """Of a word, forward and backward: six for each weight of a product."""
        return 6 * (self._lstm_products + self._softmax_products)

    @property
    def _lstm_products(self) -> int:
        inputs = self.embedding + (self.layers - 1) * self.hidden
        return 4 * self.hidden * (inputs + self.layers * self.hidden)

    @property
    def _softmax_products(self) -> int:
        return self.hidden * self.outputs

    def windows(self, words: float) -> float:
        """Optimiser steps over so many words."""
        return words / (self.batch * self.window)

    def training_s(self, words: float, held_out: float, epochs: int) -> float:
        """Seconds of one core.

        Args:
            words: Of the training split.
            held_out: Read after every epoch, and before the first.
            epochs: Passes.
        """
        softmax = 6 * self._softmax_products / rates.OPERATIONS
        halving = rates.BFLOAT16 if self.halved else 1
        reading = 6 * self._lstm_products / rates.OPERATIONS
        reading += self.layers * rates.LAYER_STEP / self.batch
        updating = rates.PARAMETER_STEP * self.parameters * self.windows(words)
        epoch = words * (reading + softmax / halving) + updating
        validation = held_out * (reading + softmax) * rates.FORWARD
        return epochs * epoch + (epochs + 1) * validation

    def gpu_training_s(self, words: float, held_out: float, epochs: int) -> float:
        """Seconds of a GPU; an assumption (`rates`)."""
        passes = epochs * words + (epochs + 1) * held_out * rates.FORWARD
        of_windows = self.layers * rates.GPU_LAYER_WINDOW * self.windows(passes)
        return passes * self.operations / rates.GPU_OPERATIONS + of_windows

    def training_memory(self, words: float) -> float:
        """Bytes at its peak; `words` of all splits."""
        loss = rates.ROWS_LOGITS * self.outputs
        tables = rates.PARAMETER * self.parameters + rates.STREAM_WORD * words
        return rates.TORCH + tables + loss
