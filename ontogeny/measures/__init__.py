"""What is measured: arrays in, arrays out; nothing of training, files or studies."""
