"""What a method trains of a setting's backbone: what it reads for it, and how tables call it. Light to import."""

#: What is trained by a method that takes the features of a network as they are.
FROZEN = "frozen features"
#: The same by the values of a deep method's parameter ``trainable``.
TRAINED = {
    "none": "frozen features, hash layer trained",
    "head": "frozen features, hash layers trained",
    "tail": "last layers of the backbone trained",
    "all": "end to end",
}
#: The stores of a dataset's images, by the values of ``trainable`` that read another than the features.
STORES = {"tail": "maps", "all": "images"}
#: The dtype of what those that train the backbone along read.
NETWORK_ROWS = {"tail": "float16", "all": "uint8"}
