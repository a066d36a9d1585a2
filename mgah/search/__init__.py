"""Search by Hamming distance in named codes: exact neighbors, FAISS indexes, and what a search shows."""
