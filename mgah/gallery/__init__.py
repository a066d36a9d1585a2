"""A gallery of retrieval: queries of unseen classes, drawn by the seed, with the images that each method finds first.

Nothing is picked by its result. Images at equal distance come in an order that is drawn by the seed, for every query
anew and for all methods the same.
"""
