"""One module a table, with a function ``build`` as `mgah.report.outputs.base` says."""
