"""Who may take part: organisations, people, programmes, cohorts, applications and the ledger."""
