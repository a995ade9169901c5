"""The rules' pages: `<rule>.md`, shipped so that `backout explain` can print them."""
