"""The results page: every table and figure of a run in one HTML file that needs no network."""
