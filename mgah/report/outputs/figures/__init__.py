"""One module a figure: ``draw(scores, reference) -> matplotlib.figure.Figure``."""
