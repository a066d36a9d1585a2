"""Sides in pixels of images, where nothing states others. Light to import."""

#: Of stored images: crops of 224 pixels are cut out of them.
STORED_SIDE = 256
#: Of the input of networks trained on ImageNet.
INPUT_SIDE = 224
