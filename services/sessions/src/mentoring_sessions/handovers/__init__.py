"""What comes along, by consent of the mentee, when another mentor carries on."""
