"""Report: tidy scores in, tables and figures out; only `mgah.report.paper` knows a method or a dataset by name."""
