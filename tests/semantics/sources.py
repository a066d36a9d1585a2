"""The semantics of classes from each shipped source, by its options."""

from mgah import registry


def attributes(classes, options, data_dir=None, synsets=None):
    return registry.build("semantics", "attributes", **options).class_semantics(classes, data_dir, synsets)


def word2vec(classes, options, data_dir=None, synsets=None):
    return registry.build("semantics", "word2vec", **options).class_semantics(classes, data_dir, synsets)


def wordnet(classes, options, data_dir=None, synsets=None):
    return registry.build("semantics", "wordnet", **options).class_semantics(classes, data_dir, synsets)
