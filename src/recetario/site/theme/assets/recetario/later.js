// Runs before the theme's script, which fetches the search's index and its worker with every page, nearly half of a
// first visit: they wait until the search opens, or until an address brings words to look for.
{
  const search = document.getElementById("__search");
  const brings = ["q", "h"].some((name) => new URL(location).searchParams.has(name));
  const wanted = new Promise((go) => brings ? go() : search.addEventListener("change", go, { once: true }));

  const { open, send } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.open = function (method, url, ...more) {
    if (String(url).endsWith("/search_index.json")) this.send = () => wanted.then(() => send.call(this));
    open.call(this, method, url, ...more);
  };

  const { Worker } = window;
  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      this.worker = wanted.then(() => new Worker(url));
      this.worker.then((worker) => worker.addEventListener("message", ({ data }) => this.dispatchEvent(new MessageEvent("message", { data }))));
    }
    postMessage(data) {
      this.worker.then((worker) => worker.postMessage(data));
    }
  };
}
