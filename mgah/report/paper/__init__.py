"""All that this benchmark knows of the one paper it reproduces; no other part of the report names a method or dataset.

- ``line_up``: its methods, their order, labels and styles; the controls; the headline code length.
- ``variants``: the variants of its method that Table 3 shows.
- ``datasets``: its datasets and backbones, names and what is said of them.
- ``published``: the numbers it printed (``published.csv``), and which datasets stand in for its own.
- ``ablation``: scores of the variants, with one training shown as two of them.
- ``claims``: what it claims, and how tables decide whether a claim holds.
- ``notes``: sentences above its tables.

``line_up``, ``variants`` and ``datasets`` import neither pandas nor matplotlib, so that a dry run may read them.
"""
