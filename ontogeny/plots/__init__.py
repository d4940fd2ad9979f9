"""Figures, drawn from tables made elsewhere: nothing is computed here.

`sparsity` and `training` hold one function per figure, each from a table to a
`matplotlib.figure.Figure`; `style` holds the look and writes the files.
"""
