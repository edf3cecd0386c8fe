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
    const [[aMajor, aMinor], [bMajor, bMinor]] = [a, b].map((version) => version.split(".").map(Number));
    return aMajor - bMajor || aMinor - bMinor;
  };
  const minor = (version) => (version.match(/\d+\.\d+/) ?? [""])[0];
  const both = (version) => minor(version).startsWith("4."); // the one major version that has two backends

  // Which environments answer for this Podman: its own, or its neighbors.
  const answering = ({ version, backend, mode }) => {
    const alike = tested.filter((one) => one.mode === mode &&
      (one.backend === backend || !tested.some((two) => two.podman === one.podman && two.backend === backend)));
    const own = alike.find((one) => one.podman === version);
    if (own) return [own];
    return [alike.findLast((one) => compare(one.podman, version) < 0), alike.find((one) => compare(one.podman, version) > 0)]
      .filter(Boolean);
  };
  const rest = ({ version, backend, mode }) =>
    `${both(version) && backend === "cni" ? " CNI" : ""} ${mode === "root" ? words.root : "rootless"}`;
  const named = (mine) => `Podman ${mine.version}${rest(mine)}`;
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const cells = (root, { podman, backend, mode }) => {
    const column = backend === "cni" ? `${podman} CNI` : podman;
    return root.querySelectorAll(`tr[data-mode="${mode}"] td[data-column="${column}"]`);
  };

  const show = (mine) => {
    document.querySelectorAll(".mine").forEach((old) => old.remove());
    document.querySelectorAll(".verdict--mine").forEach((cell) => cell.classList.remove("verdict--mine"));
    const part = (text) => element("span", "picker-open__rest", text);
    open.replaceChildren(...(mine ? [part("Podman "), mine.version, part(rest(mine))] : [words.open]));
    open.setAttribute("aria-label", mine ? `${words.open}: ${named(mine)}` : words.open);
    if (!mine) return;
    const environments = answering(mine);
    for (const environment of environments) {
      for (const cell of cells(document, environment)) {
        cell.classList.add("verdict--mine");
        cell.firstElementChild.append(element("span", "mine out-of-sight", ` (${words.yours})`));
      }
    }
    // The page's answer, as theirs.
    for (const grid of document.querySelectorAll(".verdicts")) {
      const claims = [...grid.querySelectorAll("tbody")].filter((body) => body.querySelector(".grid__claim[id]"));
      if (!claims.length) continue;
      const list = element("ul");
      for (const claim of claims) {
        for (const environment of environments) {
          const [cell] = cells(claim, environment);
          const id = claim.querySelector(".grid__claim").id;
          const why = document.querySelector(`#about-${id} .claim__why[data-environments~="${environment.id}"] p`);
          const item = element("li", "");
          if (environments.length > 1) item.append(`Podman ${environment.podman}: `);
          item.append(element("strong", "", cell.querySelector(".verdict__word").textContent));
          if (claims.length > 1) item.append(": ", ...claim.querySelector(".grid__claim th").cloneNode(true).childNodes);
          else item.append(".");
          if (why) item.append(" ", ...why.cloneNode(true).childNodes);
          list.append(item);
        }
      }
      const versions = { mine: named(mine), version: mine.version, below: environments[0].podman, above: environments.at(-1).podman };
      const text = environments[0].podman === mine.version ? words.answer : environments.length > 1 ? words.two : words.one;
      grid.after(element("div", "mine mine__answer", element("p", "", fill(text, versions)), list));
    }
    // What each step printed there comes first.
    for (const step of document.querySelectorAll(".step")) {
      const groups = [...step.querySelectorAll(":scope > .step__out")];
      const own = groups.find((group) => [...group.querySelectorAll(".step__envs a")].some((a) => a.textContent === environments[0].id));
      if (!own) continue;
      groups[0].before(own);
      for (const group of groups) group.open = group === own;
      own.querySelector(".step__group").after(element("span", "mine step__mine", words.yours));
    }
  };

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
  const write = (mine) => { for (const name of ["version", "backend", "mode"]) form[name].value = mine[name]; };
  const ask = () => { backend.hidden = !both(form.version.value); };
  form.version.addEventListener("input", ask);
  open.addEventListener("click", () => {
    const mine = stored();
    if (mine) write(mine);
    ask();
    dialog.showModal();
  });
  dialog.addEventListener("close", () => {
    const version = minor(form.version.value);
    const chosen = both(version) ? form.backend.value : compare(version, "4.0") < 0 ? "cni" : "netavark";
    const mine = dialog.returnValue === "save" ? { version, backend: chosen, mode: form.mode.value } : null;
    if (dialog.returnValue) {
      keep(mine);
      show(mine);
    }
    dialog.returnValue = "";
  });

  // "I don't know mine": what the command printed tells.
  form.querySelector("#picker-output")?.addEventListener("input", (event) => {
    const field = (name) => event.target.value.match(new RegExp(`"${name}":\\s*"?([\\w.]+)`))?.[1];
    const [version, rootless, network] = [minor(field("Version") ?? ""), field("rootless"), field("networkBackend")];
    const said = form.querySelector(".picker__said");
    said.textContent = event.target.value.trim() ? words.unread : "";
    if (!version || !rootless) return;
    const mine = { version, backend: network ?? "cni", mode: rootless === "true" ? "rootless" : "root" };
    write(mine);
    ask();
    said.textContent = fill(words.read, { mine: named(mine) });
  });
  form.querySelector(".picker__copy")?.addEventListener("click", async (event) => {
    await navigator.clipboard.writeText(form.querySelector(".picker__command code").textContent);
    event.target.textContent = words.copied;
  });

  open.hidden = false;
  show(stored());
}
