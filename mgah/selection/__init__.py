"""Selection stage: hyper-parameters that the sources leave open, chosen on seen classes that play unseen ones.

Images, labels and semantics of a split's unseen classes are never read here: all comes from its training images.
"""
