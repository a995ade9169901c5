"""`backout plan`: check a rollback plan, write one, correct one."""
