"""`backout notify`: what the team and the users are told; nothing is sent."""
