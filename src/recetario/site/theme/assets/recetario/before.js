// Runs before the theme's script.

// For picker.js and compare.js, too.
const element = (name, className, ...children) => {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
};

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

// The search has no stemmer that goes with its "words that begin like this", takes every word for as telling as any other,
// and reads signs in what readers paste as its own (`Error: …` as a field of that name, `*` and `--` as operators). It is
// asked for the beginnings of the telling words instead; what stands in the box stays as it is. What makes these words
// match in the index is recetario/site/search.py.
{
  const SKIPPED = new Set((
    "a al algo ante asi aun como con cual cuando cuanto de del desde donde el ella ellos en entre era es esa ese eso esta " +
    "este esto estoy fue ha hace hacer hacia hago han hasta hay he la las le les lo los mas me mi mis muy ni no nos o os " +
    "otra otro para pero poder podria por porque pude puede pueden puedo que quien quiero se ser si sin sobre son su sus " +
    "tan te tengo tiene tienen tu tus u un una uno unos va van vez y ya yo usa usar uso falla fallan funciona funcionan " +
    "an am and any are as at be between but by can cannot could do does doesn don t for s from get has have how i if in into is " +
    "isn it its my not of on or than that the their them there they this to was what when where which who why will " +
    "with without would you your use uses using work works working fail fails failed error podman").split(" "));
  const ENDING = {
    es: /(?<=....)(?:acion(?:es)?|[aei]r(?:se|l[aeo]s?)?|i?endo|[ai]d[ao]s?|a(?:ndo|mos|ban?|ron)|[ei]mos|ieron|[ae]n)$|(?<=..[dlnrz])es$|(?<=...)(?<!s)s$/,
    en: /(?<=....)(?:ions?|ing|ed|es|e)$|(?<=...)(?<!s)s$/,
  }[document.documentElement.lang];

  const asked = (typed) => {
    const words = typed.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "")
      .replace(/\b(?:sin|without) root\b/g, "rootless")
      .split(/[^\p{L}\p{N}._]+|\.(?![\p{L}\p{N}])/u).filter(Boolean);
    const telling = words.filter((word) => !SKIPPED.has(word));
    // A setting's name with its section's, which no page writes together: `network.default`.
    if (words.length === 1 && /^[a-z_]+\.[a-z_]+$/.test(words[0])) telling.push(...words[0].split("."));
    // One short word may be the beginning of what is being typed.
    if (words.length === 1 && words[0].length < 4) return `${words[0]} ${words[0]}^9`;
    return (telling.length ? telling : words).map((word) => {
      const stem = word.replace(ENDING, "").replace(/(?<=[aeiou])([npt])\1$/, "$1");
      // A boost, even of 1, asks for the word itself: "pod" would find every "podman". A version's beginning is wanted.
      if (stem.length < 4 && !/^\d/.test(stem)) return `${stem}^1`;
      // A long line is a message as somebody's machine printed it: its very words count as well.
      return telling.length > 3 ? `${stem} ${word}^1` : stem;
    }).join(" ");
  };

  const [QUERY, RESULT] = [2, 3];
  const { Worker } = window;
  window.Worker = class extends Worker {
    constructor(url) {
      super(url);
      this.addEventListener("message", ({ data: { type, data } }) => {
        if (type !== RESULT) return;
        for (const found of data.items.flat()) {
          // The beginnings that a result lacks are no words to show, nor is all of its text where none is marked.
          found.terms = Object.fromEntries(Object.entries(found.terms).filter(([, here]) => here));
          if (!found.text.includes("<mark>")) {
            found.text = found.text.replace(/<[^>]+>/g, " ").replace(/^(.{200}\S*)\s[^]*/s, "$1 …");
          }
        }
      });
    }

    postMessage(message) {
      super.postMessage(message.type === QUERY ? { ...message, data: asked(message.data) } : message);
    }
  };

  // The theme listens to keys alone, and who pastes by mouse lets none go.
  const box = document.querySelector(".md-search__input");
  box.addEventListener("input", () => box.dispatchEvent(new Event("keyup")));

  // Where nothing is found, say of what, and where to go on: `[text](address)`, which Enter follows too.
  const { base, translations } = JSON.parse(document.getElementById("__config").textContent);
  const said = document.querySelector(".md-search-result__meta");
  new MutationObserver(() => {
    const nothing = translations["search.result.none"];
    if (said.textContent !== nothing) return;
    const [before, text, address, after] = nothing.split(/\[([^\]]*)\]\(([^)]*)\)/);
    const link = document.createElement("a");
    link.href = new URL(address, new URL(base, location));
    link.innerHTML = '<u data-md-score="0"></u>';
    link.firstChild.textContent = text;
    said.replaceChildren(before.replace("{q}", () => box.value.trim()), link, after);
  }).observe(said, { childList: true });
}
