"""Leak marks: which classes of a dataset a backbone has seen in its own training (``mgah.leaks.marks``)."""
