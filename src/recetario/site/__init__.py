"""Build and serve the site from the evidence, without running any recipe. Needs the extra ``[site]``."""

from __future__ import annotations

from recetario.extras import require_extra

require_extra("site", "mkdocs", "The site can't be built")
