"""Pages and files of the site that are generated."""
