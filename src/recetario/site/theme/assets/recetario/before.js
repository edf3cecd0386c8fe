// Runs before the theme's script.
// The theme names a code block after the nearest ancestor with an id: several blocks in one step would share
// one name, and each copy button would copy the first. A name of its own for each.
document.querySelectorAll(".md-typeset .highlight").forEach((block, index) => {
  if (!block.id) block.id = `code-${index + 1}`;
});
