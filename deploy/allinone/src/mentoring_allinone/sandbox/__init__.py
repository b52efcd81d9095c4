"""An organisation to try an integration on: made, and reset, through the public API alone."""
