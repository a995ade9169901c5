"""What `backout init` finds in a repository, and the policy it makes of that."""
