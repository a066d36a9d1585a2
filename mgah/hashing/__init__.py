"""Hashing stage: the method contract, the fit job, and the files of codes and models."""
