"""The jobs that train a method, ``python -m mgah.training {fit,choose,sweep,graphs}`` (`mgah.training.__main__`)."""
