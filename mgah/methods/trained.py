"""Which part of a setting's backbone a method trains: what tables call it, and what it reads. Light to import."""

#: What tables call a method that takes the features of a frozen backbone.
FROZEN = "frozen features"
#: What tables call a deep method, by the value of its parameter ``trainable``.
TRAINED = {
    "none": "frozen features, hash layer trained",
    "head": "frozen features, hash layers trained",
    "tail": "last layers of the backbone trained",
    "all": "end to end",
}
#: Representation that a deep method reads, by the values of ``trainable`` that do not read features.
REPRESENTATIONS = {"tail": "maps", "all": "images"}
#: The dtype of that representation's rows.
NETWORK_ROWS = {"tail": "float16", "all": "uint8"}
