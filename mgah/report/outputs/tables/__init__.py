"""One module a table: ``build(scores, reference) -> mgah.report.outputs.base.Table``."""
