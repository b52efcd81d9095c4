"""Who there is: organisations, employers, people; and who knows whom, from matches and groups.

`access` says whose people a caller manages. How people come to be known, and who sees what of them, is `people`, since
it goes by what they applied for.
"""
