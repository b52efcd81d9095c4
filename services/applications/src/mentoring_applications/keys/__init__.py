"""API keys, for machines of the organisation and its employers that speak no OAuth."""
