"""The confined child: a fork server, the cage each child locks itself into, and its watch."""
