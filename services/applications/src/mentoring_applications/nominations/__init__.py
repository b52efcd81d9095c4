"""Who stands behind an application, with an account or by a link; `nominators` says who may, as the programme does."""
