// Shows on a long page only what is about the chosen topic and, if asked to, the reader's Podman. Runs after picker.js.
// The rest stays in the document, marked with data-out: the stylesheet hides it on the screen, but not in print.
{
  const form = document.querySelector("form.filter");
  const { topic, from, to, mine } = form.elements; // from and to: only where versions are compared
  const dialog = document.querySelector("dialog.picker");
  const matrix = document.querySelector(".matrix");
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const leaveOut = (element, isOut) => { element.toggleAttribute("data-out", isOut); };
  const isIn = (element) => !element.matches("[data-out]");

  // The environments that picker.js shows for the reader's Podman, as it says in an attribute; none if none is chosen.
  const parse = (id) => {
    const [podman, , mode] = id.split("-");
    return { id, podman, mode };
  };
  const chosen = () => dialog.dataset.shown.split(" ").filter(Boolean).map(parse);
  // Whether an upgrade, "4.3-cni-root>5.4-netavark-root", is in the reader's mode and, at her version, with her backend.
  const isUpgradeOf = (environments, upgrade) => upgrade.split(">").map(parse).every(({ id, podman, mode }) => {
    const ofVersion = environments.filter((environment) => environment.podman === podman);
    return mode === environments[0].mode && (!ofVersion.length || ofVersion.some((environment) => environment.id === id));
  });

  // The section of the page that an element is in, as the elements from its heading to the next one.
  const sectionOf = (element) => {
    const section = [element.closest(".block")];
    while (section[0].previousElementSibling && !section[0].matches("h2")) section.unshift(section[0].previousElementSibling);
    while (section.at(-1).nextElementSibling?.matches(":not(h2)")) section.push(section.at(-1).nextElementSibling);
    return section;
  };
  // Whether an upgrade is between the chosen versions, whichever of the two was chosen first.
  const isBetween = (before, after) => {
    const versions = [from.options[0], ...to.options].map(({ value }) => value);
    const [first, last] = [from, to].map(({ value }) => versions.indexOf(value)).sort((a, b) => a - b);
    return first <= versions.indexOf(before) && versions.indexOf(after) <= last;
  };

  const update = () => {
    const environments = mine.checked ? chosen() : [];
    const anyPodman = !environments.length;
    matrix?.toggleAttribute("data-mine", !anyPodman);
    matrix?.toggleAttribute("data-filtered", true);
    for (const claim of all(".matrix tbody")) {
      leaveOut(claim, !anyPodman && !claim.querySelector(".verdict--mine:not(.verdict--scope)"));
    }
    for (const change of all("[data-upgrades]")) {
      const upgrades = change.dataset.upgrades.split(" ");
      leaveOut(change, !anyPodman && !upgrades.some((upgrade) => isUpgradeOf(environments, upgrade)));
    }
    for (const part of all("[data-topic]")) {
      const changes = all("[data-upgrades]", part);
      const isEmpty = changes.length > 0 && !changes.some(isIn);
      leaveOut(part, isEmpty || Boolean(topic.value && part.dataset.topic !== topic.value));
    }

    for (const part of all(".differences")) {
      const isOut = !isBetween(part.dataset.from, part.dataset.to);
      sectionOf(part).forEach((element) => leaveOut(element, isOut));
    }

    // What is left empty goes, too, or says so; and what is closed says how much is in it.
    const items = all(".matrix tbody, .differences [data-topic]");
    const shown = items.filter((item) => isIn(item) && !item.closest(":is(.topic, .block)[data-out]"));
    for (const part of all(".topic, .matrix .verdicts, .more:has(> summary > .more__count), .differences__none")) {
      const isNone = part.matches(".differences__none");
      const inside = shown.filter((item) => (isNone ? part.parentElement : part).contains(item)).length;
      const count = part.querySelector(":scope > summary > .more__count");
      if (count) count.textContent = inside;
      if (isNone) part.hidden = inside > 0 || shown.length === items.length;
      else leaveOut(part, !inside);
    }
    form.querySelector(".filter__shown").textContent = form.dataset.shown
      .replace("{shown}", shown.length).replace("{total}", items.length);
  };

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", () => {
    if (mine.checked && !dialog.dataset.shown) document.querySelector(".picker-open").click();
    update();
  });
  // A link to what is left out shows everything.
  const showTarget = () => {
    const target = addressed();
    if (!target?.closest("[data-out]")) return;
    form.reset();
    update();
    target.scrollIntoView();
  };
  addEventListener("hashchange", showTarget);

  let last = dialog.dataset.shown;
  dialog.addEventListener("close", () => {
    if (dialog.dataset.shown !== last || !last) mine.checked = Boolean(dialog.dataset.shown);
    last = dialog.dataset.shown;
    update();
  });
  mine.checked = Boolean(last);
  update();
  showTarget();
}
