// "My Podman": which version, backend and mode the reader has. Kept in this browser, sent nowhere.
{
  const open = document.querySelector(".picker-open");
  const dialog = document.querySelector("dialog.picker");
  const form = dialog.querySelector("form");
  const words = dialog.dataset;
  const tested = words.environments.split(" ").map((id) => {
    const [podman, backend, mode] = id.split("-");
    return { id, podman, backend, mode };
  });
  const KEY = "recetario.podman";
  const compare = (a, b) => {
    const [[aMajor, aMinor = 0], [bMajor, bMinor = 0]] = [a, b].map((version) => version.split(".").map(Number));
    return aMajor - bMajor || aMinor - bMinor;
  };
  const major = (version) => version.split(".")[0];
  // "5.4", or "5", of what was typed or pasted: the field's pattern says where it stands.
  const asked = new RegExp(`^(?:${form.version.pattern})$`);
  const read = (text) => (text.match(asked)?.[1] ?? "").replace(",", ".");
  // The backends that a version may have: those of the tested ones with its major version, or of the one before it.
  const backends = (version) => {
    const alike = tested.filter((one) => major(one.podman) === major(version));
    const before = tested.findLast((one) => compare(one.podman, version) < 0) ?? tested[0];
    return [...new Set((alike.length ? alike : [before]).map((one) => one.backend))];
  };
  const both = (version) => backends(version).length > 1;

  // Which environments answer for this Podman: its own; or the oldest and the newest of a bare "5"; or its neighbors.
  const answering = ({ version, backend, mode }) => {
    const alike = tested.filter((one) => one.mode === mode &&
      (one.backend === backend || !tested.some((two) => two.podman === one.podman && two.backend === backend)));
    const own = alike.find((one) => one.podman === version);
    const same = alike.filter((one) => major(one.podman) === version);
    const two = own ? [own] : same.length ? [same[0], same.at(-1)] :
      [alike.findLast((one) => compare(one.podman, version) < 0), alike.find((one) => compare(one.podman, version) > 0)];
    return [...new Set(two)].filter(Boolean);
  };
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const withBackend = ({ version, backend }) => `${version}${both(version) && backend === "cni" ? " CNI" : ""}`;
  const named = (mine) => fill(mine.mode === "root" ? words.named : words.namedRootless, { version: withBackend(mine) });
  // "Podman 5.4 as root": on a phone only "5.4 root".
  const label = (mine) => {
    const rest = (text) => element("span", "picker-open__rest", text);
    return [rest("Podman "), `${withBackend(mine)} `, rest(mine.mode === "root" ? words.root.split("root")[0] : ""), mine.mode];
  };
  const cells = (root, { podman, backend, mode }) => {
    const column = backend === "cni" ? `${podman} CNI` : podman;
    return root.querySelectorAll(`tr[data-mode="${mode}"] td[data-column="${column}"]`);
  };

  // What can be folded, as the page has it: each step's outputs, below its tabs if it has any, and transcripts.
  const steps = [...document.querySelectorAll(".step")].map((step) => ({
    tabs: [...step.querySelectorAll(".tabbed-set > input")],
    outputs: [...step.querySelectorAll(":scope > .step__out")],
  }));
  const transcripts = [...document.querySelectorAll("details.transcript")];
  const shows = (one, { id }) =>
    [...one.querySelectorAll(".step__envs a, .transcript__environment")].some((name) => name.textContent === id);
  const of = (all, environments) =>
    [...new Set(environments.flatMap((environment) => all.filter((one) => shows(one, environment))))];
  // Those of these environments come first and are open; without any, it is as the page has it.
  const arrange = (all, environments) => {
    const own = of(all, environments);
    const order = [...own, ...all.filter((one) => !own.includes(one))];
    const now = [...(all[0]?.parentElement.children ?? [])].filter((one) => all.includes(one));
    if (order.some((one, index) => one !== now[index])) now[0].parentElement.append(...order);
    all.forEach((one, index) => { one.open = own.length ? own.includes(one) : !index; });
  };

  let mine = null;
  const pick = (tab) => {
    // The theme opens the like tabs of other steps, too, and remembers that somebody picked them: not this time.
    if (document.readyState !== "loading") tab.labels[0].setAttribute("data-md-switching", "");
    tab.click();
  };
  // The output below a tab is of its mode, whoever opened it: on their Podman, else on the newest that this recipe has.
  const follow = ({ tabs, outputs }) => {
    const tab = tabs.find((one) => one.checked);
    const wanted = mine ? answering({ ...mine, mode: tab?.value ?? mine.mode }) : [];
    const newest = tested.findLast((one) => one.mode === tab?.value && of(outputs, [one]).length);
    const asIs = !tab || (!mine && tab.defaultChecked) || of(outputs, wanted).length;
    arrange(outputs, asIs ? wanted : [newest].filter(Boolean));
  };
  const answer = (claims, environments, exact) => environments.flatMap((environment) => {
    const list = element("ul");
    for (const claim of claims) {
      const [cell] = cells(claim, environment);
      const head = claim.querySelector(".grid__claim");
      const why = document.querySelector(`#about-${head.id} .claim__why[data-environments~="${environment.id}"] p`);
      const word = element("strong", "", cell.querySelector(".verdict__word").textContent);
      const item = element("li", "", word, ": ", ...head.querySelector("th").cloneNode(true).childNodes);
      if (why) item.append(element("p", "mine__why", ...why.cloneNode(true).childNodes));
      list.append(item);
    }
    const there = named({ ...environment, version: environment.podman });
    return [element("p", "", fill(exact ? words.answer : words.there, { mine: there })), list];
  });

  const show = (chosen) => {
    const changes = mine || chosen;
    mine = chosen;
    document.querySelectorAll(".mine").forEach((old) => old.remove());
    document.querySelectorAll(".verdict--mine").forEach((cell) => cell.classList.remove("verdict--mine"));
    open.replaceChildren(...(mine ? label(mine) : [words.open]));
    open.setAttribute("aria-label", mine ? `${words.open}: ${open.textContent}` : words.open);
    for (const step of steps) {
      const tab = changes && step.tabs.find((one) => mine ? one.value === mine.mode : one.defaultChecked);
      if (tab && !tab.checked) pick(tab);
      follow(step);
    }
    const environments = mine ? answering(mine) : [];
    // An address that names a transcript has opened it.
    const at = document.readyState === "loading" && document.getElementById(location.hash.slice(1))?.closest(".transcript");
    if (!at) arrange(transcripts, environments);
    if (!environments.length) return;

    const exact = environments[0].podman === mine.version;
    const yours = exact ? words.yours : fill(words.near, mine);
    for (const all of [transcripts, ...steps.map((step) => step.outputs)]) {
      for (const one of of(all, environments)) {
        one.querySelector(".step__group, .transcript__environment").after(element("span", "mine step__mine", yours));
      }
    }
    for (const cell of environments.flatMap((environment) => [...cells(document, environment)])) {
      cell.classList.add("verdict--mine");
      cell.firstElementChild.append(element("span", "mine out-of-sight", ` (${yours})`));
    }
    // The page's answer, as theirs.
    const versions = { version: mine.version, below: environments[0].podman, above: environments.at(-1).podman };
    const several = environments[0].podman.startsWith(`${mine.version}.`);
    const what = fill(several ? words.several : words.untested, versions);
    const lead = exact ? [] : [element("p", "", fill(environments.length > 1 ? words.two : words.one, { ...versions, what }))];
    for (const grid of document.querySelectorAll(".verdicts")) {
      const claims = [...grid.querySelectorAll("tbody")].filter((body) => body.querySelector(".grid__claim[id]"));
      const parts = [...lead.map((one) => one.cloneNode(true)), ...answer(claims, environments, exact)];
      if (claims.length) grid.after(element("div", "mine mine__answer", ...parts));
    }
  };
  for (const step of steps) for (const tab of step.tabs) tab.addEventListener("change", () => follow(step));

  const stored = () => {
    try {
      return JSON.parse(localStorage.getItem(KEY));
    } catch {
      return null;
    }
  };
  const keep = (mine) => {
    try {
      if (mine) localStorage.setItem(KEY, JSON.stringify(mine));
      else localStorage.removeItem(KEY);
    } catch {
      // a browser that keeps nothing shows it on this page alone
    }
  };

  const backend = form.querySelector(".picker__backend");
  const write = (known) => { for (const name of ["version", "backend", "mode"]) form[name].value = known[name]; };
  const ask = () => { backend.hidden = !both(read(form.version.value)); };
  form.version.addEventListener("input", ask);
  open.addEventListener("click", () => {
    if (mine) write(mine);
    ask();
    dialog.showModal();
  });
  dialog.addEventListener("close", () => {
    const version = read(form.version.value);
    const chosen = both(version) ? form.backend.value : backends(version)[0];
    const told = dialog.returnValue === "save" ? { version, backend: chosen, mode: form.mode.value } : null;
    if (dialog.returnValue) {
      keep(told);
      show(told);
    }
    dialog.returnValue = "";
  });

  // "I don't know mine": what the command printed tells.
  form.querySelector("#picker-output")?.addEventListener("input", (event) => {
    const field = (name) => event.target.value.match(new RegExp(`"${name}":\\s*"?([\\w.]+)`))?.[1];
    const [version, rootless, network] = [read(field("Version") ?? ""), field("rootless"), field("networkBackend")];
    const said = form.querySelector(".picker__said");
    said.textContent = event.target.value.trim() ? words.unread : "";
    if (!version || !rootless) return;
    // Before there were two backends, nothing told of them.
    const told = { version, backend: network ?? backends(version)[0], mode: rootless === "true" ? "rootless" : "root" };
    write(told);
    ask();
    said.textContent = fill(words.read, { mine: named(told) });
  });
  form.querySelector(".picker__copy")?.addEventListener("click", async (event) => {
    await navigator.clipboard.writeText(form.querySelector(".picker__command code").textContent);
    event.target.textContent = words.copied;
  });

  open.hidden = false;
  show(stored());
}
