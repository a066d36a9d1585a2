"""Reading and writing of files: atomic writes, downloads and archives."""
