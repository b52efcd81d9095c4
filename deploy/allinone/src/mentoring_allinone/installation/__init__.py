"""An installation on machines of one's own: a folder with a file of settings for each service."""
