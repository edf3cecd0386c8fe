"""Make the site: pages, theme, checks. Reads evidence; starts nothing."""
