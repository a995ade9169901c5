"""What several tests share: real repositories, built by a few small helpers."""
