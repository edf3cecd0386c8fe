"""What the site has besides pages that somebody wrote."""
