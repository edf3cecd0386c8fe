"""Read recipes, claims, pages and evidence, and judge claims. Nothing here writes files or starts processes."""
