"""The topics of the services on a Kafka, their settings, and who may do what: what is missing, and making it so."""
