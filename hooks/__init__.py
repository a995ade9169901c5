"""The doors git comes in by: argv goes in, an exit code comes out."""
