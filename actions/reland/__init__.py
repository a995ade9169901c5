"""`backout reland`: a rolled-back phase lands again, on purpose."""
