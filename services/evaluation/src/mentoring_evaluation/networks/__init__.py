"""What members of a network hand over to its office, and the totals that the office reads of it.

A member shares a published report of the kind `network`: its protected figures of the whole programme are copied into
the office's tenant (`sharing`, the one place that acts in another's). The office reads sums of them over members
(`totals`, pure), never one member's. Who leaves takes back what it shared (docs/decisions/0019).
"""
