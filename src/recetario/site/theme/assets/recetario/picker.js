// The picker "My Podman" asks for the reader's version, backend and mode, and marks what applies to them on each page.
// The choice is stored in the browser, and not sent anywhere.
{
  const openButton = document.querySelector(".picker-open");
  const dialog = document.querySelector("dialog.picker");
  const form = dialog.querySelector("form");
  const texts = dialog.dataset;
  // All tested environments, oldest version first.
  const tested = texts.environments.split(" ").map((id) => {
    const [podman, backend, mode] = id.split("-");
    return { id, podman, backend, mode };
  });
  const KEY = "recetario.podman";
  const compare = (a, b) => {
    const [[aMajor, aMinor = 0], [bMajor, bMinor = 0]] = [a, b].map((version) => version.split(".").map(Number));
    return aMajor - bMajor || aMinor - bMinor;
  };
  const major = (version) => version.split(".")[0];
  // The version in what was typed or pasted, "5.4" or "5", or "". The field's pattern says where it is.
  const versionPattern = new RegExp(`^(?:${form.version.pattern})$`);
  const readVersion = (text) => (text.match(versionPattern)?.[1] ?? "").replace(",", ".");
  // The backends that a version may have: those of tested versions with the same major version, or else those of the
  // tested version before it.
  const backends = (version) => {
    const sameMajor = tested.filter(({ podman }) => major(podman) === major(version));
    const before = tested.findLast(({ podman }) => compare(podman, version) < 0) ?? tested[0];
    return [...new Set((sameMajor.length ? sameMajor : [before]).map(({ backend }) => backend))];
  };
  const hasTwoBackends = (version) => backends(version).length > 1;

  // The tested environments to show for a choice: the same version; or for "5", the oldest and the newest 5.x; or else the
  // nearest older and newer versions. They have the chosen mode and, if tested with that version, the chosen backend.
  const matching = ({ version, backend, mode }) => {
    const testedWithBackend = (podman) => tested.some((other) => other.podman === podman && other.backend === backend);
    const candidates = tested.filter((environment) => environment.mode === mode &&
      (environment.backend === backend || !testedWithBackend(environment.podman)));
    const exact = candidates.find(({ podman }) => podman === version);
    if (exact) return [exact];
    const sameMajor = candidates.filter(({ podman }) => major(podman) === version);
    const pair = sameMajor.length ? [sameMajor[0], sameMajor.at(-1)] : [
      candidates.findLast(({ podman }) => compare(podman, version) < 0),
      candidates.find(({ podman }) => compare(podman, version) > 0),
    ];
    return [...new Set(pair)].filter(Boolean);
  };
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const withBackend = ({ version, backend }) => `${version}${hasTwoBackends(version) && backend === "cni" ? " CNI" : ""}`;
  const nameOf = (choice) => fill(choice.mode === "root" ? texts.named : texts.namedRootless, { version: withBackend(choice) });
  // The button's label: "Podman 5.4 as root", of which a phone only shows "5.4 root".
  const label = (choice) => {
    const wideOnly = (text) => element("span", "picker-open__rest", text);
    const as = choice.mode === "root" ? texts.root.split("root")[0] : "";
    return [wideOnly("Podman "), `${withBackend(choice)} `, wideOnly(as), choice.mode];
  };
  // The verdicts of an environment below an element.
  const cells = (root, { id, podman, backend, mode }) => {
    const column = backend === "cni" ? `${podman} CNI` : podman;
    return root.querySelectorAll(`tr[data-mode="${mode}"] td[data-column="${column}"], .verdict[data-environment="${id}"]`);
  };

  // Everything that opens and closes, in the page's original order: each step's tabs and outputs, and transcripts.
  const steps = [...document.querySelectorAll(".step")].map((step) => ({
    tabs: [...step.querySelectorAll(".tabbed-set > input")],
    outputs: [...step.querySelectorAll(":scope > .step__out")],
  }));
  const transcripts = [...document.querySelectorAll("details.transcript")];
  // Below, "details" are the outputs of one step, or all transcripts.
  const isFrom = (detail, { id }) =>
    [...detail.querySelectorAll(".step__envs a, .transcript__environment")].some((name) => name.textContent === id);
  const detailsFrom = (environments, details) =>
    [...new Set(environments.flatMap((environment) => details.filter((detail) => isFrom(detail, environment))))];
  // Moves those from these environments to the front and opens only them. If there are none, restores the original state,
  // in which the first is open.
  const arrange = (details, environments) => {
    const matches = detailsFrom(environments, details);
    const order = [...matches, ...details.filter((detail) => !matches.includes(detail))];
    const current = [...(details[0]?.parentElement.children ?? [])].filter((child) => details.includes(child));
    if (order.some((detail, index) => detail !== current[index])) current[0].parentElement.append(...order);
    details.forEach((detail, index) => { detail.open = matches.length ? matches.includes(detail) : !index; });
  };

  let chosen = null;
  const selectTab = (tab) => {
    // On a click, the theme also selects the tabs with the same label in other steps, and stores that as the reader's
    // preference. This attribute prevents it.
    if (document.readyState !== "loading") tab.labels[0].setAttribute("data-md-switching", "");
    tab.click();
  };
  // Shows an output of the selected tab's mode: the chosen Podman's or, if there is none, the newest of this recipe.
  const showOutput = ({ tabs, outputs }) => {
    const tab = tabs.find(({ checked }) => checked);
    const wanted = chosen ? matching({ ...chosen, mode: tab?.value ?? chosen.mode }) : [];
    const newest = tested.findLast((environment) => environment.mode === tab?.value && detailsFrom([environment], outputs).length);
    const keepWanted = !tab || (!chosen && tab.defaultChecked) || detailsFrom(wanted, outputs).length;
    arrange(outputs, keepWanted ? wanted : [newest].filter(Boolean));
  };
  // The page's answer for these environments: a heading for each, and a list of claims with their verdicts and reasons.
  const answer = (claims, environments, exact) => environments.flatMap((environment) => {
    const list = element("ul");
    for (const claim of claims) {
      const [cell] = cells(claim, environment);
      const head = claim.querySelector(".claim__text");
      const why = claim.querySelector(`.claim__why[data-environments~="${environment.id}"] p`);
      const word = element("strong", "", cell.querySelector(".verdict__word").textContent);
      const item = element("li", "", word, ": ", ...head.cloneNode(true).childNodes);
      if (why) item.append(element("p", "mine__why", ...why.cloneNode(true).childNodes));
      list.append(item);
    }
    const name = nameOf({ ...environment, version: environment.podman });
    return [element("p", "", fill(exact ? texts.answer : texts.there, { mine: name })), list];
  });

  const show = (choice) => {
    const changed = chosen || choice;
    chosen = choice;
    document.querySelectorAll(".mine").forEach((old) => old.remove());
    document.querySelectorAll(".verdict--mine").forEach((cell) => cell.classList.remove("verdict--mine"));
    openButton.replaceChildren(...(chosen ? label(chosen) : [texts.open]));
    openButton.setAttribute("aria-label", chosen ? `${texts.open}: ${openButton.textContent}` : texts.open);
    for (const step of steps) {
      const tab = changed && step.tabs.find(({ value, defaultChecked }) => chosen ? value === chosen.mode : defaultChecked);
      if (tab && !tab.checked) selectTab(tab);
      showOutput(step);
    }
    const environments = chosen ? matching(chosen) : [];
    dialog.dataset.shown = environments.map(({ id }) => id).join(" "); // for filter.js
    // If the page opens at a transcript that its address names, keep that one open.
    const target = document.readyState === "loading" && addressed()?.closest(".transcript");
    if (!target) arrange(transcripts, environments);
    if (!environments.length) return;

    const exact = environments[0].podman === chosen.version;
    const mark = exact ? texts.yours : fill(texts.near, chosen);
    for (const details of [transcripts, ...steps.map(({ outputs }) => outputs)]) {
      for (const detail of detailsFrom(environments, details)) {
        detail.querySelector(".step__group, .transcript__environment").after(element("span", "mine step__mine", mark));
      }
    }
    for (const cell of environments.flatMap((environment) => [...cells(document, environment)])) {
      cell.classList.add("verdict--mine");
      cell.firstElementChild.append(element("span", "mine out-of-sight", ` (${mark})`));
    }
    // The answer above a recipe's claims. If the chosen version was not tested, it begins by saying which versions it is about.
    const versions = { version: chosen.version, below: environments[0].podman, above: environments.at(-1).podman };
    const onlyMajor = environments[0].podman.startsWith(`${chosen.version}.`);
    const what = fill(onlyMajor ? texts.several : texts.untested, versions);
    const lead = exact ? [] : [element("p", "", fill(environments.length > 1 ? texts.two : texts.one, { ...versions, what }))];
    for (const claims of document.querySelectorAll(".claims")) {
      const parts = [...lead.map((paragraph) => paragraph.cloneNode(true)), ...answer(claims.children, environments, exact)];
      claims.before(element("div", "mine mine__answer", ...parts));
    }
  };
  for (const step of steps) for (const tab of step.tabs) tab.addEventListener("change", () => showOutput(step));

  const backendField = form.querySelector(".picker__backend");
  const fillForm = (choice) => { for (const name of ["version", "backend", "mode"]) form[name].value = choice[name]; };
  const updateBackendField = () => { backendField.hidden = !hasTwoBackends(readVersion(form.version.value)); };
  form.version.addEventListener("input", updateBackendField);
  openButton.addEventListener("click", () => {
    if (chosen) fillForm(chosen);
    updateBackendField();
    dialog.showModal();
  });
  // The dialog's "close" would come later, after readers may have seen the page without the answer.
  form.addEventListener("submit", (event) => {
    if (!event.submitter.value) return;
    const version = readVersion(form.version.value);
    const backend = hasTwoBackends(version) ? form.backend.value : backends(version)[0];
    const choice = event.submitter.value === "save" ? { version, backend, mode: form.mode.value } : null;
    keep(KEY, choice);
    show(choice);
  });

  // "I don't know mine": reads the choice from pasted output of the command that the dialog shows.
  form.querySelector("#picker-output")?.addEventListener("input", (event) => {
    const field = (name) => event.target.value.match(new RegExp(`"${name}":\\s*"?([\\w.]+)`))?.[1];
    const [version, rootless, network] = [readVersion(field("Version") ?? ""), field("rootless"), field("networkBackend")];
    const status = form.querySelector(".picker__said");
    status.textContent = event.target.value.trim() ? texts.unread : "";
    if (!version || !rootless) return;
    // Podman versions with only one backend don't print it.
    const choice = { version, backend: network ?? backends(version)[0], mode: rootless === "true" ? "rootless" : "root" };
    fillForm(choice);
    updateBackendField();
    status.textContent = fill(texts.read, { mine: nameOf(choice) });
  });
  form.querySelector(".picker__copy")?.addEventListener("click", async (event) => {
    await navigator.clipboard.writeText(form.querySelector(".picker__command code").textContent);
    event.target.textContent = texts.copied;
  });

  openButton.hidden = false;
  show(readKept(KEY));
}
