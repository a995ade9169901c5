"""From a rollback branch to its pull request: pushed, opened, found again."""
