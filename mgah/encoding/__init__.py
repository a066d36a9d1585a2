"""Codes of one's own images and features by a trained model: what is read, the encoder, and the file of codes."""
