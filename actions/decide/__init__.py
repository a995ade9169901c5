"""`backout decide`: whether to roll back, how bad it is, how, and by when."""
