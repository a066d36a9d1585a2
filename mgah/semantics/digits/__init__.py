"""Class semantics shipped for the digits dataset; ``provenance.json`` says what each file is."""
