"""How fast, against peers in the same run; each file is run by hand and prints ratios."""
