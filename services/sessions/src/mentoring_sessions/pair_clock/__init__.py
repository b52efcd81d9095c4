"""The own time of a pair or group: pauses, a moved end, and the phases it goes through."""
