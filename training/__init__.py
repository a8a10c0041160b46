"""Make the shipped model from the corpus, with the parts of ``diurna.training``: fetch the encoder, train, calibrate, export."""
