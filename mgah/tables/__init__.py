"""Tidy tables that stages hand on as csv files: one module a table, with its columns, writer and reader."""
