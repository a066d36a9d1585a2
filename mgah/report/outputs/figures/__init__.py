"""One module a figure, with a function ``draw`` as `mgah.report.outputs.base` says."""
