"""Make the shipped model from the corpus: read the markup, train, calibrate, quantise, export. Torch lives only here."""
