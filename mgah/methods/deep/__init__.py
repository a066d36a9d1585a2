"""What deep methods share: encoder, trainer, and the network that trains along."""
