"""One module for each format; each runs only inside the confined child."""
