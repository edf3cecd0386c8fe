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

// Opens what is closed around the target of a link, or has it as its title. Not all browsers do.
const OPENED = "details:is(.folded, .transcript)";
const openTarget = () => {
  const target = addressed();
  for (let outer = target; outer; outer = outer.parentElement) if (outer.matches(OPENED)) outer.open = true;
  if (target?.closest(OPENED)) target.scrollIntoView();
};
addEventListener("hashchange", openTarget);
openTarget();

// The theme opens the tabs that the reader clicked before, the latest first, but not in closed sections. The picker's
// choice is more important.
const clickedTabs = () => {
  try {
    return localStorage.getItem("recetario.podman") ? [] : __md_get("__tabs") ?? [];
  } catch {
    return []; // the browser stores nothing
  }
};
const clicked = clickedTabs();
document.querySelectorAll("details.folded .tabbed-labels").forEach((labels) => {
  const tab = clicked.map((text) => [...labels.children].find((label) => label.textContent.trim() === text)).find(Boolean);
  if (!tab || tab.control.checked) return;
  tab.control.checked = true;
  tab.control.dispatchEvent(new Event("change"));
});

// Prints what is closed, too.
const closed = () => document.querySelectorAll("details:is(.folded, .more):not([open])");
addEventListener("beforeprint", () => closed().forEach((section) => section.toggleAttribute("data-printed", section.open = true)));
addEventListener("afterprint", () => document.querySelectorAll("details[data-printed]").forEach((section) => {
  section.open = section.toggleAttribute("data-printed", false);
}));

// In the search's results, the title of the page "Error messages" leads to the message that was pasted, below it: by the
// score, with which before.js puts it first.
const results = document.querySelector(".md-search-result__list");
new MutationObserver(() => results.querySelectorAll(".md-search-result__item").forEach((item) => {
  const [page, first] = item.querySelectorAll("a");
  if (first?.querySelector("[data-md-score]")?.dataset.mdScore >= 1e3) page.href = first.href;
})).observe(results, { childList: true });
