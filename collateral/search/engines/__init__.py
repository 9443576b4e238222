"""The engines that can find assets, behind one protocol."""
