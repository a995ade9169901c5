"""`backout revert`: a phase's name in; a computed, explained, checked tree out."""
