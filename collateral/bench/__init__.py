"""`collateral bench`: what this program takes on this machine, each measure beside its floor."""
