"""What the paper claims, and whether it holds.

- ``sentences``: the paper's sentences in its order, each with its place and its scope.
- ``claim``: what a claim is; ``evidence``: the tidy tables of one setting, by unit of evidence.
- ``judging``: from differences to a verdict, one rule for all; ``means``: differences of means over code lengths;
  ``words``: code lengths in words.
- ``rivals``, ``lengths``, ``studies``, ``others``: a family of claims each, by what they rest on.
"""
