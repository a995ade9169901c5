"""Guards read as facts: what makes each strong, and what takes its strength away.

A guard is compared with itself before the change. One file per language turns bytes
into facts; `guard_weakened` counts strengths lost and weaknesses gained.
"""
