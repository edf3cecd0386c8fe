// Puts the reader's own names, ports and images into the commands of a fix and of its check, and keeps them in this
// browser for the next page. What a value may be is in each input's pattern (src/recetario/book/fields.py): nothing that
// is special to a shell. While a value is invalid, the commands keep the last valid one.
{
  const KEY = "recetario.names";
  const form = document.querySelector(".fields");
  const inputs = form ? [...form.querySelectorAll("input")] : [];
  const said = form?.querySelector(".fields__said");
  const stay = said?.textContent;

  const kept = () => {
    const names = readKept(KEY);
    return names && typeof names === "object" ? names : {};
  };
  const keepName = (role, value) => {
    const names = kept();
    if (value) names[role] = value;
    else delete names[role];
    keep(KEY, names);
  };

  const shown = (input) => input.value.trim() || input.dataset.ours;
  const taken = (input) => inputs.some((other) => other !== input && shown(other) === shown(input));
  const problem = (input) => {
    const allowed = new RegExp(`^(?:${input.pattern})$`, "u");
    if (input.value.trim() && !allowed.test(input.value.trim())) return input.dataset.wrong;
    return taken(input) ? form.dataset.taken : "";
  };

  const put = (role, value) => {
    document.querySelectorAll(`.name[data-role="${role}"]`).forEach((name) => {
      // As in before.js, a word with a hyphen stays on one line.
      name.replaceChildren(/^\S*-\S*$/.test(value) ? element("span", "token", value) : value);
      const command = name.closest(".step__cmd");
      if (command) command.dataset.copy = command.querySelector("code").textContent.replace(/\n$/, "");
    });
  };
  const update = () => {
    let first = "";
    for (const input of inputs) {
      const wrong = problem(input);
      input.setAttribute("aria-invalid", Boolean(wrong));
      if (!wrong) put(input.name, shown(input));
      first ||= wrong && `${input.labels[0].textContent.trim()}: ${wrong}`;
    }
    said.textContent = first || stay;
    said.classList.toggle("fields__said--wrong", Boolean(first));
  };

  const names = kept();
  for (const input of inputs) {
    const name = names[input.name];
    input.value = typeof name === "string" ? name : "";
    if (problem(input)) input.value = "";
    input.addEventListener("input", () => {
      update();
      if (!problem(input)) keepName(input.name, input.value.trim());
    });
  }
  if (inputs.some((input) => input.value)) update();

  // Whoever opens the fields wants to type, so the first one has the focus. Enter leads on: from the last one to the
  // first button that copies, which also closes a phone's keyboard.
  form?.querySelector("summary").addEventListener("click", (event) => {
    if (form.open) return;
    event.preventDefault();
    form.open = true;
    inputs[0].focus(); // not later, at the event "toggle": then a phone does not open its keyboard
  });
  form?.addEventListener("keydown", (event) => {
    const index = inputs.indexOf(event.target);
    if (event.key !== "Enter" || index < 0) return;
    event.preventDefault(); // or it would also press the button
    const buttons = [...form.parentElement.querySelectorAll(".md-code__button")];
    (inputs[index + 1] ?? buttons.find((button) => button.offsetParent))?.focus();
  });
}
