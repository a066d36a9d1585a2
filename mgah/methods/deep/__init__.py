"""What deep methods share: the encoder, the trainer, and the network that is trained with the encoder."""
