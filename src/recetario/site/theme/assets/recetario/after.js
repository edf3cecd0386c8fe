// Runs after the theme's script.

// The theme makes a landmark of each copy button's container, which is far too many for screen readers to be useful.
// It adds these containers some time after its script ran.
const removeLandmarks = (root) =>
  root.querySelectorAll(".md-code__nav").forEach((nav) => nav.setAttribute("role", "presentation"));
removeLandmarks(document);
new MutationObserver((changes) => changes.forEach((change) => removeLandmarks(change.target))).observe(
  document.querySelector(".md-content"), { childList: true, subtree: true });

// Lets screen readers announce the message "Copied to clipboard".
document.querySelector(".md-dialog").setAttribute("role", "status");
