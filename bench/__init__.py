"""What performance is measured with; peers and floors included."""
