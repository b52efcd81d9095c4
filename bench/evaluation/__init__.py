"""What evaluation is measured with: closing a wave, reports, and disclosure control under attack."""
