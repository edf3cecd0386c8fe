// Runs before the theme's script.

// Creates an element with children. picker.js and compare.js use it, too.
const element = (name, className, ...children) => {
  const created = document.createElement(name);
  if (className) created.className = className;
  created.append(...children);
  return created;
};

// The element that the address names, if any. Firefox warns about looking for one without a name.
const addressed = () => location.hash ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;

// What this browser keeps from one page to the next; null if nothing, or nothing that can be read.
const readKept = (key) => {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
};
// Without a value, forgets it. A browser may store nothing: then the value is only for this page.
const keep = (key, value) => {
  try {
    if (value) localStorage.setItem(key, JSON.stringify(value));
    else localStorage.removeItem(key);
  } catch {
    // The page has it already.
  }
};

// The theme opens the menu and the search with labels, which cannot be focused by keyboard. Replace them with buttons.
document.querySelectorAll(".md-header label.md-header__button[for^='__']:not([for^='__palette'])").forEach((label) => {
  const toggle = document.getElementById(label.htmlFor);
  const button = document.createElement("button");
  button.type = "button";
  for (const { name, value } of label.attributes) button.setAttribute(name, value);
  button.append(...label.childNodes);
  const updateExpanded = () => button.setAttribute("aria-expanded", toggle.checked);
  button.addEventListener("click", () => toggle.click());
  toggle.addEventListener("change", updateExpanded);
  updateExpanded();
  label.replaceWith(button);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && toggle.checked) {
      if (toggle.id === "__drawer") toggle.click();
      setTimeout(() => button.focus());
    }
    // The theme's keys for the search focus its input, which is hidden on a phone until the search is open.
    const typing = event.target.closest("input, textarea, select") || event.metaKey || event.ctrlKey || event.altKey;
    if (toggle.id === "__search" && "/sf".includes(event.key) && !typing && button.offsetParent) {
      event.preventDefault();
      toggle.click();
    }
  });
});

// The theme identifies a code block by the nearest ancestor with an id, so each copy button in a step would copy the
// step's first block. Give each block an id of its own.
document.querySelectorAll(".md-typeset .highlight").forEach((block, index) => {
  if (!block.id) block.id = `code-${index + 1}`;
});

// Browsers break lines after hyphens, as in "-" / "-name". Keep each word of a command on one line. This does not change
// what the copy button copies, which is in data-copy.
document.querySelectorAll(".step__cmd code, .transcript__command code").forEach((code) => {
  const walker = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) {
    const text = walker.currentNode;
    if (text.data.includes("-") && !text.parentElement.matches(".token")) texts.push(text);
  }
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

// Rewrites each query before it reaches the theme's search, which has three problems: its stemmer does not work together
// with its search for beginnings of words; it gives all words the same weight; and it takes signs in pasted messages for
// operators (`Error: …` for a field, and `*` and `--`). So it gets the beginnings of the query's significant words. The
// input field still shows what the reader typed. src/recetario/site/search/index.py makes the index match.
{
  const STOP_WORDS = new Set((
    "a al algo ante asi aun como con cual cuando cuanto de del desde donde el ella ellos en entre era es esa ese eso esta " +
    "este esto estoy fue ha hace hacer hacia hago han hasta hay he la las le les lo los mas me mi mis muy ni no nos o os " +
    "otra otro para pero poder podria por porque pude puede pueden puedo que quien quiero se ser si sin sobre son su sus " +
    "tan te tengo tiene tienen tu tus u un una uno unos va van vez y ya yo usa usar uso falla fallan funciona funcionan " +
    "an am and any are as at be between but by can cannot could do does doesn don t for s from get has have how i if in into is " +
    "isn it its my not of on or than that the their them there they this to was what when where which who why will " +
    "after some time with without would you your use uses using work works working fail fails failed error podman").split(" "));
  const ENDING = {
    es: /(?<=....)(?:acion(?:es)?|[aei]r(?:se|l[aeo]s?)?|i?endo|[ai]d[ao]s?|a(?:ndo|mos|ban?|ron)|[ei]mos|ieron|[ae]n)$|(?<=..[dlnrz])es$|(?<=...)(?<!s)s$/,
    en: /(?<=....)(?:able|ions?|ing|ed|es|e)$|(?<=...)(?<!s)s$/,
  }[document.documentElement.lang];

  const wordsOf = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "")
    .split(/[^\p{L}\p{N}._]+|\.(?![\p{L}\p{N}])/u).filter(Boolean);
  const stemOf = (word) => word.replace(ENDING, "").replace(/(?<=[aeiou])([npt])\1$/, "$1");

  const rewriteQuery = (typed) => {
    const words = wordsOf(typed.replace(/\b(?:sin|without) root\b/gi, "rootless"));
    const significant = words.filter((word) => !STOP_WORDS.has(word));
    // A setting with its section, `network.default`: pages never write them together, so search for both.
    if (words.length === 1 && /^[a-z_]+\.[a-z_]+$/.test(words[0])) significant.push(...words[0].split("."));
    // A single short word may be complete, or the beginning of a word that the reader is still typing.
    if (words.length === 1 && words[0].length < 4) return { query: `${words[0]} ${words[0]}^9`, stems: words };
    const kept = significant.length ? significant : words;
    const terms = kept.map((word) => {
      const stem = stemOf(word);
      // With a boost, even of 1, the search looks for the exact word. Otherwise "pod" would find every "podman". Versions
      // are searched by their beginning.
      if (stem.length < 4 && !/^\d/.test(stem)) return `${stem}^1`;
      // A long query is probably a pasted message, so its exact words count, too.
      return kept.length > 3 ? `${stem} ${word}^1` : stem;
    });
    // The middle of a name: "unprivileged port" of `ip_unprivileged_port_start`.
    for (let i = 1; i < words.length; i++) {
      if (kept.includes(words[i - 1]) && kept.includes(words[i])) terms.push(`${words[i - 1]}_${words[i]}*^5`);
    }
    return { query: terms.join(" "), stems: [...new Set(kept.map(stemOf))] };
  };

  // The parts of a message between what differs, as words.
  const partsOf = (title) => title.replace(/<[^>]+>/g, "").split(/…|&lt;\w+&gt;/)
    .map((part) => wordsOf(part.replace(/&\w+;/g, " ")).join(" ")).filter(Boolean);

  const isHeading = (stems) => ({ title }) => {
    const words = wordsOf(title.replace(/<[^>]+>/g, ""));
    return stems.length > 1 && stems.every((stem) => words.some((word) => word.startsWith(stem)));
  };

  // Ranks the results again. The theme compares sections; what a reader looks for may be spread over a page.
  const rank = (pages, { typed, stems }) => {
    const words = ` ${wordsOf(typed).join(" ")} `;
    const found = new Map(pages.map((page) => [page, stems.filter((stem) => page.some(({ terms }) => terms[stem]))]));
    const rarity = Object.fromEntries(stems.map((stem) => {
      const having = pages.filter((page) => found.get(page).includes(stem)).length;
      return [stem, Math.log(1 + pages.length / (having || 1))];
    }));
    const sum = (ofStems) => ofStems.reduce((total, stem) => total + rarity[stem], 0);
    const isComplete = pages.some((page) => found.get(page).length === stems.length);
    const scores = new Map(pages.map((page) => {
      let score = page[0].score * Math.sqrt(sum(found.get(page)) / sum(stems));
      // A heading that says all of it is worth more than commands and prose in which the words happen to be.
      if (page.some(isHeading(stems))) score *= 2;
      if (isComplete && stems.length > 1 && found.get(page).length === 1) score -= 1e3;
      // A message that the reader typed or pasted as a whole, or that contains a long part of it.
      for (const result of page.filter(({ location }) => /^errors\/#.+-[\da-f]{8}$/.test(location))) {
        const parts = partsOf(result.title);
        const isPasted = parts.length && parts.every((part) => words.includes(` ${part} `));
        const isPart = words.split(" ").length > 5 && ` ${parts.join(" ")} `.includes(words);
        if (isPasted || isPart) score = Math.max(score, result.score = 1e3 + (isPasted ? parts.join().length : 0));
      }
      page.sort((a, b) => b.score - a.score);
      return [page, score];
    }));
    pages.sort((a, b) => scores.get(b) - scores.get(a));
  };

  const [QUERY, RESULT] = [2, 3];
  const { Worker } = window;
  window.Worker = class extends Worker {
    constructor(url) {
      super(url);
      this.asked = []; // queries without a result yet, oldest first
      this.addEventListener("message", ({ data: { type, data } }) => {
        if (type !== RESULT) return;
        rank(data.items, this.asked.shift());
        for (const result of data.items.flat()) {
          // The theme lists words that a result lacks. Hide them, as they are only beginnings of words.
          result.terms = Object.fromEntries(Object.entries(result.terms).filter(([, present]) => present));
          // Without a marked word, the theme shows the whole text. Shorten it.
          if (!result.text.includes("<mark>")) {
            result.text = result.text.replace(/<[^>]+>/g, " ").replace(/^(.{200}\S*)\s[^]*/s, "$1 …");
          }
        }
      });
    }

    postMessage(message) {
      if (message.type !== QUERY) return super.postMessage(message);
      const { query, stems } = rewriteQuery(message.data);
      this.asked.push({ typed: message.data, stems });
      super.postMessage({ ...message, data: query });
    }
  };

  // The theme only listens to key events, which pasting with the mouse does not send.
  const input = document.querySelector(".md-search__input");
  input.addEventListener("input", () => input.dispatchEvent(new Event("keyup")));

  // If there are no results, quote the query in the theme's message, and turn `[text](address)` in it into a link. With
  // `data-md-score`, the theme takes the link for a result, so Enter follows it.
  const { base, translations } = JSON.parse(document.getElementById("__config").textContent);
  const meta = document.querySelector(".md-search-result__meta");
  new MutationObserver(() => {
    const noResults = translations["search.result.none"];
    if (meta.textContent !== noResults) return;
    const [before, text, address, after] = noResults.split(/\[([^\]]*)\]\(([^)]*)\)/);
    const link = document.createElement("a");
    link.href = new URL(address, new URL(base, location));
    link.innerHTML = '<u data-md-score="0"></u>';
    link.firstChild.textContent = text;
    meta.replaceChildren(before.replace("{q}", () => input.value.trim()), link, after);
  }).observe(meta, { childList: true });
}
