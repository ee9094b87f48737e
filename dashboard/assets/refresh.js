// The figures keep themselves fresh: every minute while somebody looks, sooner while something
// is wrong, and never while somebody is in the middle of something.
(() => {
  "use strict";

  const EVERY = 60_000;
  const AGAIN = 10_000;
  const root = document.documentElement;
  let asked = Date.now();

  const isBusy = () => {
    const within = document.activeElement?.closest("select, input, textarea, form.months");
    const opened = document.querySelector("details.definition[open], details.custom-period[open]");
    return document.hidden || within || opened || root.querySelector("[data-dash-is-loading=true]");
  };

  // What somebody opened, scrolled or focused is found again by its place, should it be redrawn.
  const placeOf = (element) => {
    const home = element.parentElement?.closest("[id]");
    if (!home) return null;
    const index = [...home.querySelectorAll(element.localName)].indexOf(element);
    return () => document.getElementById(home.id)?.querySelectorAll(element.localName)[index];
  };

  const kept = (element, restore) => ({ element, find: placeOf(element), restore });

  const remembered = () => {
    const opened = [...document.querySelectorAll("main details[open]")].map((each) =>
      kept(each, (found) => (found.open = true)));
    const scrolled = [...document.querySelectorAll("main .scroll")].map((each) => {
      const { scrollTop: top, scrollLeft: left } = each;
      return kept(each, (found) => found.scrollTo({ top, left, behavior: "instant" }));
    });
    const focused = [document.activeElement].filter((each) => each !== document.body).map((each) =>
      kept(each, (found) => found.focus({ preventScroll: true })));
    return [...opened, ...scrolled, ...focused];
  };

  let before = [];
  new MutationObserver(() => {
    before = before.filter(({ element, find, restore }) => {
      if (element.isConnected) return true;
      const found = find?.();
      if (found) restore(found);
      return !found;
    });
  }).observe(root, { childList: true, subtree: true });

  // An address that was chosen is answered visibly; only a refresh is quiet.
  const loud = () => {
    asked = Date.now();
    before = [];
    delete root.dataset.quiet;
  };
  window.addEventListener("_dashprivate_pushstate", loud);
  window.addEventListener("popstate", loud);

  const refresh = () => {
    const wait = document.querySelector("[data-again]") ? AGAIN : EVERY;
    if (Date.now() - asked < wait || isBusy()) return;
    asked = Date.now();
    before = remembered();
    root.dataset.quiet = "";
    window.dash_clientside.set_props("refresh", { data: asked });
  };
  setInterval(refresh, 1_000);
  document.addEventListener("visibilitychange", refresh);
})();
