"""AlexNet trained on the ImageNet classes that an experiment does not use (``python -m mgah.pretraining``).

The paper's experiment on ImageNet starts from such weights: the published ones have seen its unseen classes.
What this package imports makes its job run again when it changes, and the job takes days: keep that little.
"""
