"""Jobs that train: ``python -m mgah.training {fit,choose,sweep,graphs}``, see `mgah.training.__main__`."""
