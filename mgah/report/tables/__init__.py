"""One module a table: ``build(scores, reference) -> mgah.report.contract.Table``."""
