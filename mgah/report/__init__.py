"""Report: tidy scores in, tables and figures out; it knows no method and no dataset."""
