"""The evaluation stage: reads codes files and writes score files, counts and comparisons."""
