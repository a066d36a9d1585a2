"""Hashing methods: their contract, what deep methods share, MGAH, and the files of codes and models."""
