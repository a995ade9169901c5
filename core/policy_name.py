"""What the policy is called: for who asks whether there is one before its model is read."""

from __future__ import annotations

FILE_NAME = "backout.yaml"
