"""Files from outside and files that stages hand on: atomic writes, downloads, archives."""
