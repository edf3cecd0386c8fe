// Two transcripts side by side: what is the same in both once, what differs beside each other.
{
  const form = document.querySelector(".compare");
  const sides = ["left", "right"];
  // A step of a transcript without its id, which the page has already; in full for reading, its outputs for comparing.
  const copy = (step) => {
    const made = step.cloneNode(true);
    made.removeAttribute("id");
    made.querySelectorAll("[id]").forEach((inner) => inner.removeAttribute("id"));
    made.querySelectorAll(".md-code__nav").forEach((nav) => nav.remove());
    return made;
  };
  const said = (step) => [...step.children].slice(1).map((part) => part.querySelector("code")?.textContent ?? part.textContent).join("\n");

  const compare = () => {
    document.querySelector(".comparison")?.remove();
    const both = sides.map((side) => document.getElementById(form[side].value));
    const ready = both.every(Boolean) && both[0] !== both[1];
    document.querySelectorAll(".transcript").forEach((transcript) => { transcript.hidden = ready; });
    const query = new URLSearchParams(sides.map((side) => [side, form[side].value]).filter(([, value]) => value));
    history.replaceState(null, "", `${location.pathname}${query.size ? `?${query}` : ""}${location.hash}`);
    if (!ready) return;
    const heads = both.map((one) => element("p", "comparison__environment", ...one.querySelector("summary").cloneNode(true).childNodes));
    const table = element("div", "comparison transcript", element("div", "comparison__row", ...heads));
    for (const left of both[0].querySelectorAll(".transcript__step")) {
      const right = document.getElementById(left.id.replace(both[0].id, both[1].id));
      const same = right && said(left) === said(right);
      const label = element("p", "comparison__label", same ? form.dataset.same : form.dataset.differs);
      const steps = same ? [copy(left)] : [left, right].filter(Boolean).map(copy);
      table.append(label, element("div", same ? "comparison__row comparison__row--same" : "comparison__row", ...steps));
    }
    form.after(table);
  };

  if (form) {
    const asked = new URLSearchParams(location.search);
    for (const side of sides) {
      form[side].value = asked.get(side) ?? "";
      if (form[side].selectedIndex < 0) form[side].value = "";
    }
    form.addEventListener("change", compare);
    form.hidden = false;
    if (asked.size) compare();
  }
}
