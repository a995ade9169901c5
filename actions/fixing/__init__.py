"""`backout gate --fix`: forbidden names rewritten to what the policy names instead."""
