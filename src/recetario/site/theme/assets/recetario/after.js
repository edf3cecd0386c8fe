// The theme puts a landmark around each copy button, some time after its script ran: too many to be of use.
const plain = (root) => root.querySelectorAll(".md-code__nav").forEach((nav) => nav.setAttribute("role", "presentation"));
plain(document);
new MutationObserver((changes) => changes.forEach((change) => plain(change.target))).observe(
  document.querySelector(".md-content"), { childList: true, subtree: true });

// "Copied" is said, not only shown.
document.querySelector(".md-dialog").setAttribute("role", "status");
