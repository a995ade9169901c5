"""In which direction each field of the policy weakens."""
