"""A first policy out of rollback documents: `backout init --from-plan FILE...`."""
