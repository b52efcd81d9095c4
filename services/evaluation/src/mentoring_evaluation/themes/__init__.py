"""What people said, put in order by people: themes they find in texts, goals these bear on, recommendations they make.

Similar texts are suggested, never coded by themselves; themes are ranked by a stated rule. A theme or recommendation
leaves the organisation once the programme manager has approved its wording, of the version that was read; a change
lapses it. A recommendation belongs to somebody of whose role in the programme this service has heard.
"""
