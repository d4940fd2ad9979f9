"""Translation: pairs of sentences, subwords, batches, decoding, BLEU."""
