"""What happened in an organisation, in one order, for those outside who poll."""
