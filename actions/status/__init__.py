"""`backout status`: the rollbacks that are open or in force, and their clocks."""
