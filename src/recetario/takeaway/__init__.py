"""Make the notebooks and scripts that readers download and run on their own machines."""
