"""What this benchmark knows of the one paper it reproduces: claims, published numbers, line-up, datasets."""
