// Runs before the theme's script, which loads the search's index and worker with every page. They are nearly half of a
// first visit, so they wait until the search opens, or start at once if the address has words to search or to highlight.
{
  const search = document.getElementById("__search");
  const hasQuery = ["q", "h"].some((name) => new URL(location).searchParams.has(name));
  const wanted = new Promise((resolve) => hasQuery ? resolve() : search.addEventListener("change", resolve, { once: true }));

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
