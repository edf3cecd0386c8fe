// Runs before the theme's script.

// The theme opens menu and search by labels, which no keyboard reaches: buttons instead, where there is JavaScript.
document.querySelectorAll(".md-header label.md-header__button[for^='__']:not([for^='__palette'])").forEach((label) => {
  const toggle = document.getElementById(label.htmlFor);
  const button = document.createElement("button");
  button.type = "button";
  for (const { name, value } of label.attributes) button.setAttribute(name, value);
  button.append(...label.childNodes);
  const tell = () => button.setAttribute("aria-expanded", toggle.checked);
  button.addEventListener("click", () => toggle.click());
  toggle.addEventListener("change", tell);
  tell();
  label.replaceWith(button);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && toggle.checked) {
      if (toggle.id === "__drawer") toggle.click();
      setTimeout(() => button.focus());
    }
    // The theme's keys for search put the cursor into a box that on a phone must be there first.
    const typing = event.target.closest("input, textarea, select") || event.metaKey || event.ctrlKey || event.altKey;
    if (toggle.id === "__search" && "/sf".includes(event.key) && !typing && button.offsetParent) {
      event.preventDefault();
      toggle.click();
    }
  });
});

// The theme names a code block after the nearest ancestor with an id: several blocks in one step would share
// one name, and each copy button would copy the first. A name of its own for each.
document.querySelectorAll(".md-typeset .highlight").forEach((block, index) => {
  if (!block.id) block.id = `code-${index + 1}`;
});

// A browser breaks lines after each hyphen ("-" / "-name"): keep the words of a command whole. What is copied is data-copy.
document.querySelectorAll(".step__cmd code, .transcript__command code").forEach((code) => {
  const walker = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) if (walker.currentNode.data.includes("-")) texts.push(walker.currentNode);
  for (const text of texts) {
    const parts = text.data.split(/(\s+)/).map((part) => {
      if (!part.includes("-")) return part;
      const token = document.createElement("span");
      token.className = "token";
      token.textContent = part;
      return token;
    });
    text.replaceWith(...parts);
  }
});

// Likewise a short word in a sentence: `--network` stays whole.
document.querySelectorAll(":not(pre) > code").forEach((code) => {
  if (/^\S{1,28}$/.test(code.textContent)) code.classList.add("word");
});

// Readers paste messages, and the search reads signs in them as its own: `Error: …` as a field of that name, `*` and
// `--` as operators, quotes as "all of these". It gets the words alone; what stands in the box stays as it is.
{
  const text = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value");
  Object.defineProperty(document.querySelector(".md-search__input"), "value", {
    get() { return text.get.call(this).replace(/[:*~^+"]/g, " ").replace(/(^|\s)-+/g, "$1"); },
    set(words) { text.set.call(this, words); },
  });
}
