"""AlexNet trained on the ImageNet classes that an experiment does not use (``python -m mgah.pretraining``).

The paper's experiment on ImageNet starts from such weights: the published ones have seen its unseen classes.
Keep its imports few: a change in any of them repeats a job of days.
"""
