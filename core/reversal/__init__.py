"""The reversal: which commits are undone, and the tree that comes of it, in memory."""
