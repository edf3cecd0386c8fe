"""What recipes, pages and evidence say: read and judged. Writes nothing, starts nothing."""
