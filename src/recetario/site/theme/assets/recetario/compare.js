// Shows two transcripts side by side: steps with the same output once, and other steps beside each other.
{
  const form = document.querySelector(".compare");
  const sides = ["left", "right"];
  // Copies a step without ids, which would not be unique, and without copy buttons.
  const copyStep = (step) => {
    const copy = step.cloneNode(true);
    copy.removeAttribute("id");
    copy.querySelectorAll("[id]").forEach((inner) => inner.removeAttribute("id"));
    copy.querySelectorAll(".md-code__nav").forEach((nav) => nav.remove());
    return copy;
  };
  // A step that is the same in both, without the name of the one that it is from.
  const copyBoth = (step) => {
    const copy = copyStep(step);
    copy.querySelector(".transcript__where").remove();
    return copy;
  };
  // Everything in a step below its name, as text: two steps are the same if this is equal.
  const stepText = (step) => [...step.children].slice(1).map((part) => part.querySelector("code")?.textContent ?? part.textContent).join("\n");

  const compare = () => {
    document.querySelector(".comparison")?.remove();
    const transcripts = sides.map((side) => document.getElementById(form[side].value));
    const comparable = transcripts.every(Boolean) && transcripts[0] !== transcripts[1];
    document.querySelectorAll(".transcript").forEach((transcript) => { transcript.hidden = comparable; });
    const query = new URLSearchParams(sides.map((side) => [side, form[side].value]).filter(([, value]) => value));
    history.replaceState(null, "", `${location.pathname}${query.size ? `?${query}` : ""}${location.hash}`);
    if (!comparable) return;
    const heads = transcripts.map((transcript) => element("p", "comparison__environment", ...transcript.querySelector("summary").cloneNode(true).childNodes));
    const table = element("div", "comparison transcript", element("div", "comparison__row", ...heads));
    for (const left of transcripts[0].querySelectorAll(".transcript__step")) {
      const right = document.getElementById(left.id.replace(transcripts[0].id, transcripts[1].id));
      const same = right && stepText(left) === stepText(right);
      const label = element("p", "comparison__label", same ? form.dataset.same : form.dataset.differs);
      const steps = same ? [copyBoth(left)] : [left, right].filter(Boolean).map(copyStep);
      table.append(label, element("div", same ? "comparison__row comparison__row--same" : "comparison__row", ...steps));
    }
    form.after(table);
  };

  if (form) {
    const parameters = new URLSearchParams(location.search);
    for (const side of sides) {
      form[side].value = parameters.get(side) ?? "";
      if (form[side].selectedIndex < 0) form[side].value = "";
    }
    form.addEventListener("change", compare);
    form.hidden = false;
    if (parameters.size) compare();
  }
}
